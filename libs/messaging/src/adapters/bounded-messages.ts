import type { Channel, ConsumeMessage } from 'amqplib';
import { createHash, type Hash } from 'node:crypto';
import { MAX_BODY_BYTES } from '../contract/event.js';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { amqplib: '2.3.1' };

/**
 * Maximum bytes of all properties and headers of a message. amqplib encodes at most 64 KiB of headers, so a copy of a
 * message with more could not be published.
 */
export const MAX_HEADER_BYTES = 32 * 1024;
export const MAX_HEADER_NESTING = 16;

/** Why a received message is not complete: what was removed from it. */
export interface MessageDefect {
  code: 'invalid_headers' | 'body_too_large';
  reason: string;
}

/** A frame as amqplib decodes it. A header frame has `fields`, a body frame has `content`. */
interface Frame {
  channel: number;
  id?: number;
  size?: number;
  fields?: { headers?: unknown };
  content?: Buffer;
}

interface FrameReader {
  /** Bytes that were received and not decoded yet. */
  rest: Buffer;
  recvFrame: () => Frame | false;
}

const HEADER_FRAME = 2;
const BASIC_CLASS = 60;
/** Type, channel and size before the payload of a frame. */
const FRAME_START_BYTES = 7;
/** Class, weight, body size before the property flags in the payload of a header frame. */
const HEADER_START_BYTES = 12;
const FLAGS = { contentType: 0x8000, contentEncoding: 0x4000, headers: 0x2000 };
/** Smaller headers are not checked for nesting: a level has at least 5 bytes, so these have at most about 100 levels. */
const MIN_CHECKED_BYTES = 512;

const boundedConnections = new WeakSet<FrameReader>();
const defects = new WeakMap<object, MessageDefect>();

/** Returns what was removed from the message when it was received, or undefined if it is complete. */
export function defectOf({ properties }: Pick<ConsumeMessage, 'properties'>): MessageDefect | undefined {
  return defects.get(properties);
}

/**
 * Bounds every message that a connection receives, deliveries and returned messages alike:
 *
 * - Headers that are larger than `maxHeaderBytes`, nested deeper than 16 levels, or not decodable are removed.
 * - A body above 1 MiB is truncated to its first MiB while it arrives, so that the whole body is never in memory.
 *
 * `defectOf` returns what was removed.
 *
 * Upstream behaviour: amqplib decodes tables recursively (lib/codec.js), so that a deeply nested table overflows its
 * stack. Any error of the decoder closes the connection (lib/connection.js, `acceptLoop`), and the message is delivered
 * again. A body has no maximum (lib/channel.js, `acceptMessage`). There are no options to change that.
 * Private members: `recvFrame` and `rest` of the channel's connection. `recvFrame` removes a frame from `rest` before it
 * decodes the frame, and calls itself after it has read more bytes.
 *
 * Call it for every new channel. A connection is patched only once.
 */
export function boundMessages(channel: Channel, { maxHeaderBytes = MAX_HEADER_BYTES } = {}) {
  const connection = channel.connection as unknown as FrameReader;
  if (boundedConnections.has(connection)) return;
  boundedConnections.add(connection);
  const bodies = new BodyTruncation();
  const readFrame = connection.recvFrame.bind(connection);
  const readBounded = () => readBoundedFrame(connection, readFrame, maxHeaderBytes);
  const readWholeMessages = () => {
    for (;;) {
      const frame = readBounded();
      const passed = frame && bodies.apply(frame);
      if (passed !== undefined) return passed;
    }
  };
  let isReading = false;
  connection.recvFrame = () => {
    // amqplib calls itself: the frame is passed to `bodies` once.
    if (isReading) return readBounded();
    isReading = true;
    try {
      return readWholeMessages();
    } finally {
      isReading = false;
    }
  };
}

/** Reads a frame. Of a header frame, headers that exceed a bound are removed. */
function readBoundedFrame(
  connection: FrameReader,
  readFrame: FrameReader['recvFrame'],
  maxHeaderBytes: number,
): Frame | false {
  const received = connection.rest;
  let frame: Frame | false;
  try {
    frame = readFrame();
  } catch (error) {
    const payload = headerPayload(received);
    if (!payload) throw error;
    const reason = `the headers cannot be decoded: ${(error as Error).message}`.slice(0, 200);
    connection.rest = Buffer.concat([withoutHeaders(received, payload), connection.rest]);
    return noteDefect(readFrame(), 'invalid_headers', reason);
  }
  if (!frame || frame.id !== BASIC_CLASS || !frame.fields) return frame;
  // Undefined if the frame was not complete: it was checked by the nested call of `recvFrame` that completed it.
  const bytes = headerPayload(received)?.length ?? 0;
  if (bytes <= MIN_CHECKED_BYTES) return frame;
  let reason: string | undefined;
  if (bytes > maxHeaderBytes) reason = `the properties have ${bytes} bytes, the maximum is ${maxHeaderBytes}`;
  else if (isNestedDeeper(frame.fields.headers, MAX_HEADER_NESTING))
    reason = `the headers are nested deeper than ${MAX_HEADER_NESTING} levels`;
  if (!reason) return frame;
  frame.fields.headers = {};
  return noteDefect(frame, 'invalid_headers', reason);
}

function noteDefect(frame: Frame | false, code: MessageDefect['code'], reason: string): Frame | false {
  if (frame && frame.fields) {
    frame.fields.headers ??= {};
    const earlier = defects.get(frame.fields);
    defects.set(frame.fields, { code, reason: earlier ? `${earlier.reason}; ${reason}` : reason });
  }
  return frame;
}

/** Returns the payload of the header frame that the bytes start with; undefined if there is no complete one. */
function headerPayload(bytes: Buffer): Buffer | undefined {
  if (bytes.length < FRAME_START_BYTES || bytes[0] !== HEADER_FRAME) return undefined;
  const size = bytes.readUInt32BE(3);
  if (size < HEADER_START_BYTES + 2 || bytes.length < FRAME_START_BYTES + size + 1) return undefined;
  return bytes.subarray(FRAME_START_BYTES, FRAME_START_BYTES + size);
}

/** Returns a copy of the header frame whose table of headers is empty. The other properties are kept. */
function withoutHeaders(bytes: Buffer, payload: Buffer): Buffer {
  const flags = payload.readUInt16BE(HEADER_START_BYTES);
  let start = HEADER_START_BYTES + 2;
  if (flags & FLAGS.contentType) start += 1 + payload.readUInt8(start);
  if (flags & FLAGS.contentEncoding) start += 1 + payload.readUInt8(start);
  const end = flags & FLAGS.headers ? start + 4 + payload.readUInt32BE(start) : start;
  const emptyTable = Buffer.alloc(flags & FLAGS.headers ? 4 : 0);
  const newPayload = Buffer.concat([payload.subarray(0, start), emptyTable, payload.subarray(end)]);
  const frameStart = Buffer.from(bytes.subarray(0, FRAME_START_BYTES));
  frameStart.writeUInt32BE(newPayload.length, 3);
  const frameEnd = bytes.subarray(FRAME_START_BYTES + payload.length, FRAME_START_BYTES + payload.length + 1);
  return Buffer.concat([frameStart, newPayload, frameEnd]);
}

/** Iterative, because the values may be nested thousands of levels deep. */
function isNestedDeeper(value: unknown, maxLevels: number): boolean {
  let level = [value];
  for (let depth = 0; depth <= maxLevels; depth++) {
    level = level.flatMap((item) =>
      typeof item === 'object' && item !== null && !Buffer.isBuffer(item)
        ? Object.values(item as Record<string, unknown>)
        : [],
    );
    if (level.length === 0) return false;
  }
  return true;
}

/** The kept part of a body that is being received, and what is still expected of it. */
interface TruncatedBody {
  fields: object;
  total: number;
  remaining: number;
  kept: Buffer[];
  keptBytes: number;
  hash: Hash;
}

/** Replaces the body frames of a large body by one frame with its first part, after the last frame has arrived. */
class BodyTruncation {
  /** By channel number: AMQP does not interleave the messages of a channel. */
  private readonly bodies = new Map<number, TruncatedBody>();

  /** @returns the frame to pass on; undefined if there is none yet */
  apply(frame: Frame): Frame | undefined {
    if (frame.content) return this.bodies.size === 0 ? frame : this.receiveBody(frame, frame.content);
    const { size, fields, channel } = frame;
    if (size === undefined || !fields) return frame;
    if (this.bodies.size > 0) this.bodies.delete(channel);
    if (size <= MAX_BODY_BYTES) return frame;
    const hash = createHash('sha256');
    this.bodies.set(channel, { fields, total: size, remaining: size, kept: [], keptBytes: 0, hash });
    return { ...frame, size: MAX_BODY_BYTES };
  }

  private receiveBody(frame: Frame, content: Buffer): Frame | undefined {
    const body = this.bodies.get(frame.channel);
    if (!body) return frame;
    body.hash.update(content);
    body.remaining -= content.length;
    const part = content.subarray(0, MAX_BODY_BYTES - body.keptBytes);
    if (part.length > 0) body.kept.push(Buffer.from(part));
    body.keptBytes += part.length;
    if (body.remaining > 0) return undefined;
    this.bodies.delete(frame.channel);
    const reason = `the body has ${body.total} bytes (SHA-256 ${body.hash.digest('hex')}); only the first ${MAX_BODY_BYTES} are kept`;
    noteDefect({ channel: frame.channel, fields: body.fields }, 'body_too_large', reason);
    return { channel: frame.channel, content: Buffer.concat(body.kept) };
  }
}
