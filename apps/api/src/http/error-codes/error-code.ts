/** What the documents say about an error code. */
export interface ErrorCode {
  code: string;
  /** HTTP status of the problem document, or null for a code that only dead letters, logs and `last_error` contain. */
  status: number | null;
  meaning: string;
  /** What the client, or the operator of a dead letter, has to do. */
  action: string;
  /** Whether the same request can be sent again without a second effect, and whether that helps. */
  repeat: string;
}

/** Texts of `repeat` that several codes have. */
export const POINTLESS = 'Safe, but useless: the answer is the same.';
export const AFTER_CHANGE =
  'Safe. It helps only after the state has changed, and then with a new idempotency key.';
export const STORED_NOTHING = 'Safe, after the seconds in `Retry-After`: nothing was stored.';
