import { once } from 'node:events';
import type { Server } from 'node:http';
import { connect, type AddressInfo } from 'node:net';
import { toProblem } from '../errors/problem.filter.js';
import { overloaded } from './admission.js';
import { ConnectionQueues } from './connection-queues.js';
import { createHttpServer } from './http-server.js';

const BODY = 'x'.repeat(10);
const REQUEST = `POST /orders HTTP/1.1\r\nhost: shop.example\r\ncontent-length: ${BODY.length}\r\n\r\n`;

describe('A server that refuses a request because it is overloaded', () => {
  let server: Server;
  let isOverloaded: boolean;

  beforeEach(async () => {
    isOverloaded = true;
    server = createHttpServer((_request, response) => response.end('accepted'), {
      maxConnections: 10,
      gate: () => (isOverloaded ? toProblem(overloaded()) : undefined),
      queues: new ConnectionQueues(),
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(() => {
    server.closeAllConnections();
    server.close();
  });

  async function open() {
    const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').setEncoding('utf8');
    await once(socket, 'connect');
    return socket;
  }

  it('closes the connection, so that new clients get one', async () => {
    const socket = await open();
    socket.write(REQUEST + BODY);
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1.1 503 [^]*connection: close\r\n/);
    await once(socket, 'close');
  });

  it('keeps the connection if the rest of the request has not arrived, so that the client gets the answer', async () => {
    const socket = await open();
    socket.write(REQUEST + BODY.slice(1));
    const [refusal] = (await once(socket, 'data')) as [string];
    expect(refusal).toMatch(/^HTTP\/1.1 503 /);
    expect(refusal).not.toMatch(/connection: close/i);
    isOverloaded = false;
    socket.write(BODY.slice(0, 1) + REQUEST + BODY);
    const [answer] = (await once(socket, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1.1 200 /);
    socket.destroy();
  });
});
