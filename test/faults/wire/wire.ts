/** Sender of bytes on a connection: an app, or the server that the app is connected to. */
export type Side = 'app' | 'server';

/** Step of a protocol that a rule of the proxy can match. */
export interface ProtocolStep {
  from: Side;
  /**
   * - PostgreSQL: `statement` (with its values) and `commit`; from the server `committed`
   * - AMQP: `publish` and `deliver` (first frame of a message), `published` and `delivered` (last frame), `ack`, `confirm`
   * - SMTP: `mail` (last line of a mail); from the server `accepted`, the reply 250 to it
   * - HTTP: `request`; from the server `response`
   */
  name: string;
  /** PostgreSQL: the SQL, of a commit all SQL of its transaction. AMQP: exchange and routing key. SMTP: the envelope. HTTP: method, path and body of the request. */
  text: string;
  /** Parameters of a PostgreSQL statement. */
  values: string[];
  redelivered?: boolean;
  /** Message body of `published` and `delivered`. */
  body?: Buffer;
}

/** Bytes that belong together, and the protocol step that they complete, if any. */
export interface Frame {
  bytes: Buffer;
  step?: ProtocolStep;
}

const EMPTY = Buffer.alloc(0);

/**
 * Splits the two byte streams of one connection into frames. Every byte is in exactly one frame, in order. The subclass of
 * a protocol reads the length and the step of a frame.
 */
export abstract class Wire {
  private readonly incomplete: Record<Side, Buffer> = { app: EMPTY, server: EMPTY };

  split(from: Side, chunk: Buffer): Frame[] {
    let rest = this.incomplete[from].length > 0 ? Buffer.concat([this.incomplete[from], chunk]) : chunk;
    const frames: Frame[] = [];
    for (;;) {
      const length = this.frameLength(from, rest);
      if (length === undefined || rest.length < length) break;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      frames.push({ bytes, step: this.readStep(from, bytes) });
    }
    this.incomplete[from] = rest;
    return frames;
  }

  /** @returns length of the frame that begins with these bytes; undefined if more bytes are needed to determine it */
  protected abstract frameLength(from: Side, bytes: Buffer): number | undefined;
  protected abstract readStep(from: Side, frame: Buffer): ProtocolStep | undefined;
}
