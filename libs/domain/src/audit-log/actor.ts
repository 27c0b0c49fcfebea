/** Who makes a change. */
export interface Actor {
  /**
   * `key:12` for an API key, `user:<issuer> <subject>` for a user, `cli:<name>` for the command line, `erasure:4` for what
   * an erasure does by itself, `npm start` for the keys of a developer. A customer, who changes only what belongs to them,
   * has the prefix CUSTOMER_PREFIX.
   */
  id: string;
  /** Network address that the request came from. Null if it came from none. */
  address: string | null;
}

/** An erasure of personal data replaces the ids that begin with this prefix. */
export const CUSTOMER_PREFIX = 'customer:';
