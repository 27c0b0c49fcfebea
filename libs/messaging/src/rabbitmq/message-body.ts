import { MAX_BODY_BYTES } from '../contract/event.js';

/**
 * Reads a body that may violate any contract, for logs and dead letters.
 *
 * @returns the top-level properties of the JSON; empty if the body is too large or isn't JSON
 */
export function readBodyFields(body: Buffer): Record<string, unknown> {
  if (body.length > MAX_BODY_BYTES) return {};
  try {
    return (JSON.parse(body.toString()) as Record<string, unknown> | null) ?? {};
  } catch {
    return {};
  }
}

/** The event id for a log line; an external client may have sent a value of any type and length. */
export function eventIdOf({ event_id }: Record<string, unknown>): string | undefined {
  return typeof event_id === 'string' ? event_id.slice(0, 200) : undefined;
}
