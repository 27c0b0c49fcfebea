/** Sender of bytes on a connection: an app, or the server that the app is connected to. */
export type Side = 'app' | 'server';

/** Step of a protocol that a rule of the proxy can match. */
export interface ProtocolStep {
  from: Side;
  /**
   * - PostgreSQL: `statement` (with its values) and `commit`; from the server `committed`
   * - AMQP: `publish` and `deliver` (first frame of a message), `published` and `delivered` (last frame), `ack`, `confirm`
   * - SMTP: `mail` (last line of a mail); from the server `accepted`, the reply 250 to it
   */
  name: string;
  /** PostgreSQL: the SQL, of a commit all SQL of its transaction. AMQP: exchange and routing key. SMTP: the envelope. */
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

/** Splits the two byte streams of one connection into frames. Every byte is in exactly one frame, in order. */
export interface Wire {
  split(from: Side, chunk: Buffer): Frame[];
}

const EMPTY = Buffer.alloc(0);

abstract class FramedWire implements Wire {
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

/** PostgreSQL protocol 3: simple queries, and named and unnamed prepared statements. */
export class PostgresWire extends FramedWire {
  private started = false;
  private readonly preparedStatements = new Map<string, string>();
  private transaction: string[] = [];

  protected frameLength(from: Side, bytes: Buffer) {
    // The first message of a client has no type byte.
    const typeLength = from === 'app' && !this.started ? 0 : 1;
    return bytes.length < typeLength + 4 ? undefined : typeLength + bytes.readInt32BE(typeLength);
  }

  protected readStep(from: Side, frame: Buffer): ProtocolStep | undefined {
    if (from === 'app' && !this.started) {
      this.started = true;
      return undefined;
    }
    const type = String.fromCharCode(frame[0]!);
    if (from === 'server') {
      if (type !== 'C' || readCString(frame, 5) !== 'COMMIT') return undefined;
      return { from, name: 'committed', text: this.transaction.join(';\n'), values: [] };
    }
    if (type === 'Q') return this.statementStep(readCString(frame, 5), []);
    if (type === 'P') {
      const name = readCString(frame, 5);
      this.preparedStatements.set(name, readCString(frame, 6 + Buffer.byteLength(name)));
    }
    return type === 'B' ? this.readBind(frame) : undefined;
  }

  private readBind(frame: Buffer) {
    let offset = 5;
    offset += Buffer.byteLength(readCString(frame, offset)) + 1; // name of the portal
    const name = readCString(frame, offset);
    offset += Buffer.byteLength(name) + 1;
    offset += 2 + 2 * frame.readInt16BE(offset); // formats of the values
    const values: string[] = [];
    const count = frame.readInt16BE(offset);
    offset += 2;
    for (let index = 0; index < count; index++) {
      const length = frame.readInt32BE(offset);
      offset += 4;
      values.push(length < 0 ? '' : frame.toString('utf8', offset, offset + length));
      offset += Math.max(length, 0);
    }
    return this.statementStep(this.preparedStatements.get(name) ?? '', values);
  }

  private statementStep(sql: string, values: string[]): ProtocolStep {
    if (/^\s*(BEGIN|START TRANSACTION)/i.test(sql)) this.transaction = [];
    else this.transaction.push(sql);
    if (!/^\s*COMMIT/i.test(sql)) return { from: 'app', name: 'statement', text: sql, values };
    return { from: 'app', name: 'commit', text: this.transaction.join(';\n'), values };
  }
}

function readCString(bytes: Buffer, offset: number) {
  return bytes.toString('utf8', offset, bytes.indexOf(0, offset));
}

const METHOD_FRAME = 1;
const HEADER_FRAME = 2;
const BODY_FRAME = 3;
const FRAME_END = 0xce;
/** The AMQP class `connection`, and its method `close`. */
const CONNECTION = 10;
const CLOSE = 50;
/** The AMQP class `basic`, and its methods that are read or written here. */
const BASIC = 60;
const CONSUME_OK = 21;
const CANCEL = 30;
const PUBLISH = 40;
const DELIVER = 60;
const ACK = 80;

/** AMQP 0-9-1. */
export class AmqpWire extends FramedWire {
  private hasProtocolHeader = false;
  /** The consumer that the broker confirmed last. */
  consumer?: { channel: number; tag: string };
  /** Messages of which not all frames have been read, by side and channel. */
  private readonly incompleteMessages = new Map<
    string,
    { step: ProtocolStep; remainingBytes: number; body: Buffer[] }
  >();

  protected frameLength(from: Side, bytes: Buffer) {
    if (from === 'app' && !this.hasProtocolHeader) return 8;
    return bytes.length < 7 ? undefined : 8 + bytes.readUInt32BE(3);
  }

  protected readStep(from: Side, frame: Buffer): ProtocolStep | undefined {
    if (from === 'app' && !this.hasProtocolHeader) {
      this.hasProtocolHeader = true;
      return undefined;
    }
    const type = frame[0];
    const channel = frame.readUInt16BE(1);
    if (type === METHOD_FRAME) return this.readMethod(from, channel, frame);
    const message = this.incompleteMessages.get(`${from} ${channel}`);
    if (!message || (type !== HEADER_FRAME && type !== BODY_FRAME)) return undefined;
    if (type === HEADER_FRAME) message.remainingBytes = Number(frame.readBigUInt64BE(11));
    else {
      message.remainingBytes -= frame.length - 8;
      message.body.push(frame.subarray(7, -1));
    }
    if (message.remainingBytes > 0) return undefined;
    this.incompleteMessages.delete(`${from} ${channel}`);
    const name = message.step.name === 'deliver' ? 'delivered' : 'published';
    return { ...message.step, name, body: Buffer.concat(message.body) };
  }

  private readMethod(from: Side, channel: number, frame: Buffer): ProtocolStep | undefined {
    const method = frame.readUInt16BE(9);
    if (frame.readUInt16BE(7) === CONNECTION && method === CLOSE)
      return { from, name: 'connection close', text: '', values: [] };
    if (frame.readUInt16BE(7) !== BASIC) return undefined;
    if (method === ACK) return { from, name: from === 'app' ? 'ack' : 'confirm', text: '', values: [] };
    if (method === CONSUME_OK) this.consumer = { channel, tag: readShortString(frame, 11) };
    if (method !== PUBLISH && method !== DELIVER) return undefined;
    let offset = 13;
    let redelivered = false;
    if (method === DELIVER) {
      offset = 11 + 1 + frame[11]! + 8; // consumer tag and delivery tag
      redelivered = frame[offset++] === 1;
    }
    const exchange = readShortString(frame, offset);
    const routingKey = readShortString(frame, offset + 1 + exchange.length);
    const name = method === PUBLISH ? 'publish' : 'deliver';
    const step: ProtocolStep = { from, name, text: `${exchange} ${routingKey}`, values: [], redelivered };
    this.incompleteMessages.set(`${from} ${channel}`, { step, remainingBytes: 0, body: [] });
    return step;
  }
}

function readShortString(bytes: Buffer, offset: number) {
  return bytes.toString('utf8', offset + 1, offset + 1 + bytes[offset]!);
}

/** @returns the frame `basic.cancel` by which a broker cancels a consumer */
export function cancelFrame({ channel, tag }: { channel: number; tag: string }): Buffer {
  const payload = Buffer.concat([
    Buffer.from([0, BASIC, 0, CANCEL, Buffer.byteLength(tag)]),
    Buffer.from(tag),
    Buffer.from([1]), // no-wait: the broker expects no response
  ]);
  const header = Buffer.alloc(7);
  header[0] = METHOD_FRAME;
  header.writeUInt16BE(channel, 1);
  header.writeUInt32BE(payload.length, 3);
  return Buffer.concat([header, payload, Buffer.from([FRAME_END])]);
}

const END_OF_MAIL = Buffer.from('\r\n.\r\n');
const LAST_LINE = END_OF_MAIL.subarray(2);

/** SMTP without the extensions that change its framing (no BDAT, no TLS). */
export class SmtpWire extends FramedWire {
  private inMail = false;
  private awaitsReply = false;
  private envelope = '';

  protected frameLength(from: Side, bytes: Buffer) {
    if (from === 'app' && this.inMail) {
      // The line that ends the mail is a frame of its own, so that a rule can stop it.
      if (bytes.subarray(0, LAST_LINE.length).equals(LAST_LINE)) return LAST_LINE.length;
      const end = bytes.indexOf(END_OF_MAIL);
      return end < 0 ? undefined : end + 2;
    }
    const end = bytes.indexOf('\n');
    return end < 0 ? undefined : end + 1;
  }

  protected readStep(from: Side, line: Buffer): ProtocolStep | undefined {
    return from === 'app' ? this.readCommand(line) : this.readReply(line);
  }

  private readCommand(line: Buffer): ProtocolStep | undefined {
    if (!this.inMail) {
      const command = line.toString().trim();
      if (/^MAIL FROM/i.test(command)) this.envelope = '';
      if (/^RCPT TO/i.test(command)) this.envelope += command;
      return undefined;
    }
    if (!line.equals(LAST_LINE)) return undefined;
    this.inMail = false;
    this.awaitsReply = true;
    return { from: 'app', name: 'mail', text: this.envelope, values: [] };
  }

  private readReply(line: Buffer): ProtocolStep | undefined {
    const code = line.toString('latin1', 0, 3);
    if (code === '354') this.inMail = true;
    if (!this.awaitsReply) return undefined;
    this.awaitsReply = false;
    return code === '250' ? { from: 'server', name: 'accepted', text: this.envelope, values: [] } : undefined;
  }
}
