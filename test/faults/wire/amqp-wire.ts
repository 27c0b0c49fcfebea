import { Wire, type ProtocolStep, type Side } from './wire.js';

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
export class AmqpWire extends Wire {
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
