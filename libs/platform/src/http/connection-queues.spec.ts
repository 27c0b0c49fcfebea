import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { ConnectionQueues, type ClosedReason } from './connection-queues.js';
import { createHttpServer } from './http-server.js';

/** More than the operating system buffers for a connection. */
const HUGE = Buffer.alloc(16 * 1024 * 1024, 'x');
const REQUEST = 'GET / HTTP/1.1\r\nhost: shop.example\r\n\r\n';

describe('ConnectionQueues', () => {
  let server: Server | undefined;
  const sockets: Socket[] = [];
  const closed: ClosedReason[] = [];

  async function serve(limits: ConstructorParameters<typeof ConnectionQueues>[0], handle: RequestListener) {
    const queues = new ConnectionQueues(limits);
    queues.onClosed = (reason) => closed.push(reason);
    server = createHttpServer(handle, { maxConnections: 100, gate: () => undefined, queues });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  }

  async function send(text: string): Promise<Socket> {
    const socket = connect((server!.address() as AddressInfo).port, '127.0.0.1');
    sockets.push(socket.on('error', () => undefined));
    await once(socket, 'connect');
    socket.write(text);
    return socket;
  }

  afterEach(() => {
    for (const socket of sockets.splice(0)) socket.destroy();
    closed.length = 0;
    server?.close();
  });

  it('handles the next request of a connection when the answer to the previous one is read', async () => {
    let handled = 0;
    await serve({}, (_request, response) => {
      handled += 1;
      response.end(HUGE);
    });
    const unread = await send(REQUEST.repeat(3));
    const other = await send(REQUEST);
    let bytes = 0;
    while (bytes < HUGE.length) bytes += ((await once(other, 'data')) as [Buffer])[0].length;
    expect(handled).toBe(2); // one of each connection
    bytes = 0;
    while (bytes < 3 * HUGE.length) bytes += ((await once(unread, 'data')) as [Buffer])[0].length;
    expect(handled).toBe(4);
  });

  it('closes a connection whose answer is not read in time, and none that is slow to handle', async () => {
    await serve({ unreadTimeoutMs: 50, checkIntervalMs: 10 }, ({ url }, response) => {
      if (url === '/') response.end(HUGE);
    });
    const waiting = await send(REQUEST.replace('/', '/slow'));
    const unread = await send(REQUEST);
    const seen = once(unread, 'close');
    unread.pause();
    while (closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    unread.resume();
    await seen;
    expect(closed).toEqual(['unread']);
    expect(waiting.closed).toBe(false);
  });

  it('closes the connections that have waited longest if the unread answers are too large', async () => {
    let answered = 0;
    await serve({ maxUnreadBytes: 1.5 * HUGE.length, checkIntervalMs: 10 }, (_request, response) => {
      answered += 1;
      response.end(HUGE);
    });
    const first = (await send(REQUEST)).pause();
    while (answered < 1) await new Promise((resolve) => setImmediate(resolve));
    const second = (await send(REQUEST)).pause();
    while (closed.length === 0) await new Promise((resolve) => setImmediate(resolve));
    const end = once(first, 'close');
    first.resume();
    await end;
    expect(closed).toEqual(['unread']);
    expect(second.closed).toBe(false);
  });

  it('closes a connection with more than 32 unanswered requests, without handling them', async () => {
    let handled = 0;
    await serve({}, () => (handled += 1));
    const greedy = await send(REQUEST.repeat(33));
    await once(greedy, 'close');
    expect({ handled, closed }).toEqual({ handled: 1, closed: ['pipelining'] });
  });
});
