/** Who speaks: an app of ours, or the server it talks to. */
export type Side = 'app' | 'server';

/** Something said on the wire that a rule can wait for. */
export interface Step {
  from: Side;
  /**
   * - postgres: `statement` (with its values), `commit`, and from the server `committed`
   * - amqp: `publish` and `deliver` (their first frame), `published` and `delivered` (their last), `ack`, `confirm`
   * - smtp: `mail` (its last line), and from the server `accepted`, the 250 to it
   */
  name: string;
  /** The SQL, for a commit all SQL of its transaction; exchange and routing key; the envelope of a mail. */
  text: string;
  values: string[];
  redelivered?: boolean;
  /** Of `published` and `delivered`. */
  body?: Buffer;
}

/** A stretch of bytes as it is passed on: all of them are, in order; `step` tells what they say. */
export interface Piece {
  bytes: Buffer;
  step?: Step;
}

/** Cuts the two streams of one connection into pieces, reading just enough of them. */
export interface Wire {
  cut(from: Side, chunk: Buffer): Piece[];
}

const NOTHING = Buffer.alloc(0);

abstract class Framed implements Wire {
  private readonly rest: Record<Side, Buffer> = { app: NOTHING, server: NOTHING };

  cut(from: Side, chunk: Buffer): Piece[] {
    let rest = this.rest[from].length > 0 ? Buffer.concat([this.rest[from], chunk]) : chunk;
    const pieces: Piece[] = [];
    for (;;) {
      const length = this.lengthOf(from, rest);
      if (length === undefined || rest.length < length) break;
      const bytes = rest.subarray(0, length);
      rest = rest.subarray(length);
      pieces.push({ bytes, step: this.read(from, bytes) });
    }
    this.rest[from] = rest;
    return pieces;
  }

  /** Of the frame that begins here; undefined where that isn't known yet. */
  protected abstract lengthOf(from: Side, bytes: Buffer): number | undefined;
  protected abstract read(from: Side, frame: Buffer): Step | undefined;
}

/** PostgreSQL's protocol 3: simple queries, and statements prepared under a name or none. */
export class PostgresWire extends Framed {
  private started = false;
  private readonly prepared = new Map<string, string>();
  private transaction: string[] = [];

  protected lengthOf(from: Side, bytes: Buffer) {
    // The first message of a client has no type.
    const type = from === 'app' && !this.started ? 0 : 1;
    return bytes.length < type + 4 ? undefined : type + bytes.readInt32BE(type);
  }

  protected read(from: Side, frame: Buffer): Step | undefined {
    if (from === 'app' && !this.started) {
      this.started = true;
      return undefined;
    }
    const type = String.fromCharCode(frame[0]!);
    if (from === 'server') {
      if (type !== 'C' || cString(frame, 5) !== 'COMMIT') return undefined;
      return { from, name: 'committed', text: this.transaction.join(';\n'), values: [] };
    }
    if (type === 'Q') return this.statement(cString(frame, 5), []);
    if (type === 'P') {
      const name = cString(frame, 5);
      this.prepared.set(name, cString(frame, 6 + Buffer.byteLength(name)));
    }
    return type === 'B' ? this.bind(frame) : undefined;
  }

  private bind(frame: Buffer) {
    let at = 5;
    at += Buffer.byteLength(cString(frame, at)) + 1; // the portal
    const name = cString(frame, at);
    at += Buffer.byteLength(name) + 1;
    at += 2 + 2 * frame.readInt16BE(at); // formats of the values
    const values: string[] = [];
    const count = frame.readInt16BE(at);
    at += 2;
    for (let index = 0; index < count; index++) {
      const length = frame.readInt32BE(at);
      at += 4;
      values.push(length < 0 ? '' : frame.toString('utf8', at, at + length));
      at += Math.max(length, 0);
    }
    return this.statement(this.prepared.get(name) ?? '', values);
  }

  private statement(sql: string, values: string[]): Step {
    if (/^\s*(BEGIN|START TRANSACTION)/i.test(sql)) this.transaction = [];
    else this.transaction.push(sql);
    if (!/^\s*COMMIT/i.test(sql)) return { from: 'app', name: 'statement', text: sql, values };
    return { from: 'app', name: 'commit', text: this.transaction.join(';\n'), values };
  }
}

function cString(bytes: Buffer, at: number) {
  return bytes.toString('utf8', at, bytes.indexOf(0, at));
}

const [METHOD, HEADER, BODY] = [1, 2, 3];
const BASIC = 60;
const [CONSUME_OK, PUBLISH, DELIVER, ACK] = [21, 40, 60, 80];

/** AMQP 0-9-1. */
export class AmqpWire extends Framed {
  private greeted = false;
  /** The last consumer that the broker confirmed, and its channel. */
  consumer?: { channel: number; tag: string };
  /** By side and channel: the message whose frames are passing, and how many bytes of it are still to come. */
  private readonly passing = new Map<string, { step: Step; left: number; body: Buffer[] }>();

  protected lengthOf(from: Side, bytes: Buffer) {
    if (from === 'app' && !this.greeted) return 8;
    return bytes.length < 7 ? undefined : 8 + bytes.readUInt32BE(3);
  }

  protected read(from: Side, frame: Buffer): Step | undefined {
    if (from === 'app' && !this.greeted) {
      this.greeted = true;
      return undefined;
    }
    const [type, channel] = [frame[0], frame.readUInt16BE(1)];
    if (type === METHOD) return this.method(from, channel, frame);
    const message = this.passing.get(`${from} ${channel}`);
    if (!message || (type !== HEADER && type !== BODY)) return undefined;
    if (type === HEADER) message.left = Number(frame.readBigUInt64BE(11));
    else {
      message.left -= frame.length - 8;
      message.body.push(frame.subarray(7, -1));
    }
    if (message.left > 0) return undefined;
    this.passing.delete(`${from} ${channel}`);
    const name = message.step.name === 'deliver' ? 'delivered' : 'published';
    return { ...message.step, name, body: Buffer.concat(message.body) };
  }

  private method(from: Side, channel: number, frame: Buffer): Step | undefined {
    if (frame.readUInt16BE(7) !== BASIC) return undefined;
    const method = frame.readUInt16BE(9);
    if (method === ACK) return { from, name: from === 'app' ? 'ack' : 'confirm', text: '', values: [] };
    if (method === CONSUME_OK) this.consumer = { channel, tag: shortString(frame, 11) };
    if (method !== PUBLISH && method !== DELIVER) return undefined;
    let [at, redelivered] = [13, false];
    if (method === DELIVER) {
      at = 11 + 1 + frame[11]! + 8;
      redelivered = frame[at++] === 1;
    }
    const exchange = shortString(frame, at);
    const key = shortString(frame, at + 1 + exchange.length);
    const name = method === PUBLISH ? 'publish' : 'deliver';
    const step: Step = { from, name, text: `${exchange} ${key}`, values: [], redelivered };
    this.passing.set(`${from} ${channel}`, { step, left: 0, body: [] });
    return step;
  }
}

function shortString(bytes: Buffer, at: number) {
  return bytes.toString('utf8', at + 1, at + 1 + bytes[at]!);
}

/** What the broker says to a consumer that it cancels: a basic.cancel frame. */
export function cancelFrame({ channel, tag }: { channel: number; tag: string }): Buffer {
  const payload = Buffer.concat([
    Buffer.from([0, BASIC, 0, 30, Buffer.byteLength(tag)]),
    Buffer.from(tag),
    Buffer.from([1]), // no answer wanted
  ]);
  const head = Buffer.alloc(7);
  head[0] = METHOD!;
  head.writeUInt16BE(channel, 1);
  head.writeUInt32BE(payload.length, 3);
  return Buffer.concat([head, payload, Buffer.from([0xce])]);
}

const END_OF_MAIL = Buffer.from('\r\n.\r\n');

/** SMTP without extensions that change its framing (no BDAT, no TLS). */
export class SmtpWire extends Framed {
  private inMail = false;
  private mailEnded = false;
  private envelope = '';

  protected lengthOf(from: Side, bytes: Buffer) {
    if (from === 'app' && this.inMail) {
      // The line that ends the mail is a piece of its own.
      if (bytes.subarray(0, 3).equals(END_OF_MAIL.subarray(2))) return 3;
      const end = bytes.indexOf(END_OF_MAIL);
      return end < 0 ? undefined : end + 2;
    }
    const end = bytes.indexOf('\n');
    return end < 0 ? undefined : end + 1;
  }

  protected read(from: Side, line: Buffer): Step | undefined {
    if (from === 'app') {
      if (!this.inMail) {
        const text = line.toString().trim();
        if (/^MAIL FROM/i.test(text)) this.envelope = '';
        if (/^RCPT TO/i.test(text)) this.envelope += text;
        return undefined;
      }
      if (!line.equals(END_OF_MAIL.subarray(2))) return undefined;
      this.inMail = false;
      this.mailEnded = true;
      return { from, name: 'mail', text: this.envelope, values: [] };
    }
    if (line.toString('latin1', 0, 3) === '354') this.inMail = true;
    if (!this.mailEnded) return undefined;
    this.mailEnded = false;
    return line.toString('latin1', 0, 3) === '250'
      ? { from, name: 'accepted', text: this.envelope, values: [] }
      : undefined;
  }
}
