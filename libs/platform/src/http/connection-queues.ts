import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { MAX_PIPELINED_REQUESTS, MAX_UNREAD_BYTES, UNREAD_ANSWER_TIMEOUT_MS } from './http-limits.js';

const DEFAULT_LIMITS = {
  unreadTimeoutMs: UNREAD_ANSWER_TIMEOUT_MS,
  maxUnreadBytes: MAX_UNREAD_BYTES,
  checkIntervalMs: 1_000,
};

interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  handle: () => void;
}

/** The exchange in progress of a connection, and those that wait for it. */
interface ConnectionQueue {
  current?: Exchange;
  waiting: Exchange[];
  /** When it was first seen that the client does not read the current answer, in milliseconds. */
  unreadSince?: number;
  /** Response to the last request, if that was answered before its body arrived. */
  incomplete?: ServerResponse;
  /** Runs when all requests are answered. No further requests are handled then. */
  afterCurrent?: () => void;
}

/**
 * Handles the requests of each connection one at a time. The next request of a connection is handled when the operating
 * system has accepted the whole answer to the previous one. So the memory for a connection is bounded by one answer:
 * without this, Node handles all pipelined requests at once and buffers answers that the client does not read.
 */
export class ConnectionQueues {
  private readonly queues = new WeakMap<Socket, ConnectionQueue>();
  /** Connections with a request in progress. */
  private readonly active = new Map<ConnectionQueue, Socket>();
  private timer?: NodeJS.Timeout;
  private readonly limits: typeof DEFAULT_LIMITS;
  /** Called when a connection is closed because of its client's behaviour. */
  onClosed: (reason: ClosedReason) => void = () => undefined;

  constructor(limits: Partial<typeof DEFAULT_LIMITS> = {}) {
    this.limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Calls `handle` when all earlier requests of the connection are answered. Too many requests close it. */
  add(request: IncomingMessage, response: ServerResponse, handle: () => void) {
    const { socket } = request;
    let queue = this.queues.get(socket);
    if (!queue) this.queues.set(socket, (queue = { waiting: [] }));
    const exchange = { request, response, handle };
    if (!queue.current) this.run(queue, exchange, socket);
    else if (socket.destroyed || queue.afterCurrent) return;
    else if (queue.waiting.length < MAX_PIPELINED_REQUESTS - 1) queue.waiting.push(exchange);
    else this.close(socket, 'pipelining');
  }

  /**
   * Calls `done` when all complete requests of the connection are answered. Later requests are not handled.
   *
   * @param done gets the response to the request that failed, if its headers had arrived
   */
  finish(socket: Socket, done: (failed?: ServerResponse) => void) {
    const queue = this.queues.get(socket);
    const last = queue?.waiting.at(-1) ?? queue?.current;
    if (!queue || !last) return done(queue?.incomplete);
    if (last === queue.current && !last.request.complete) return done(last.response);
    if (!last.request.complete) queue.waiting.pop();
    queue.afterCurrent ??= done;
  }

  /** Starts to watch for answers that are not read. */
  start() {
    this.timer ??= setInterval(() => this.closeUnread(), this.limits.checkIntervalMs).unref();
  }

  stop() {
    clearInterval(this.timer);
    this.timer = undefined;
  }

  private run(queue: ConnectionQueue, exchange: Exchange, socket: Socket) {
    queue.current = exchange;
    queue.incomplete = undefined;
    this.active.set(queue, socket);
    exchange.response.once('close', () => this.next(queue, exchange, socket));
    exchange.handle();
  }

  private next(queue: ConnectionQueue, { request, response }: Exchange, socket: Socket) {
    queue.current = undefined;
    if (!request.complete) queue.incomplete = response;
    queue.unreadSince = undefined;
    this.active.delete(queue);
    if (!socket.writable) {
      queue.waiting.length = 0;
      return;
    }
    const following = queue.waiting.shift();
    if (following) this.run(queue, following, socket);
    else queue.afterCurrent?.();
  }

  private closeUnread() {
    const now = performance.now();
    const { unreadTimeoutMs, maxUnreadBytes } = this.limits;
    const unread: { socket: Socket; since: number }[] = [];
    let bytes = 0;
    for (const [queue, socket] of this.active) {
      const { response } = queue.current!;
      const isUnread = response.writableNeedDrain || (response.writableEnded && !response.writableFinished);
      if (!isUnread) {
        queue.unreadSince = undefined;
        continue;
      }
      queue.unreadSince ??= now;
      bytes += socket.writableLength;
      unread.push({ socket, since: queue.unreadSince });
    }
    for (const { socket, since } of unread.sort((a, b) => a.since - b.since)) {
      if (bytes <= maxUnreadBytes && now - since < unreadTimeoutMs) break;
      bytes -= socket.writableLength;
      this.close(socket, 'unread');
    }
  }

  private close(socket: Socket, reason: ClosedReason) {
    socket.destroy();
    this.onClosed(reason);
  }
}

/** `pipelining`: too many unanswered requests. `unread`: the client does not read the answers. */
export type ClosedReason = 'pipelining' | 'unread';
