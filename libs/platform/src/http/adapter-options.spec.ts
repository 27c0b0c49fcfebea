import fastify from 'fastify';
import { adapterOptions } from './adapter-options.js';
import { ConnectionQueues } from './connection-queues.js';

const serverOptions = { gate: () => undefined, maxConnections: 10, queues: new ConnectionQueues() };

describe('The address of the client', () => {
  /** @returns the address that a server sees, whose peer is 127.0.0.1 */
  async function addressSeen(TRUST_PROXY: string[], forwardedFor: string) {
    const server = fastify(adapterOptions({ TRUST_PROXY }, serverOptions));
    server.get('/', (request, reply) => reply.send({ address: request.ip }));
    const url = await server.listen({ host: '127.0.0.1', port: 0 });
    try {
      const response = await fetch(url, {
        headers: { 'x-forwarded-for': forwardedFor, connection: 'close' },
      });
      return ((await response.json()) as { address: string }).address;
    } finally {
      await server.close();
    }
  }

  it('is that of the peer if no proxy is trusted', async () => {
    expect(await addressSeen([], '203.0.113.7')).toBe('127.0.0.1');
  });

  it('is that of the peer if the peer is not a trusted proxy', async () => {
    expect(await addressSeen(['10.0.0.0/8'], '203.0.113.7')).toBe('127.0.0.1');
  });

  it('is the one that a trusted proxy has seen', async () => {
    expect(await addressSeen(['10.0.0.0/8', '127.0.0.0/8'], '203.0.113.7')).toBe('203.0.113.7');
  });

  it('is not one that the client has written into the header itself', async () => {
    expect(await addressSeen(['127.0.0.1'], '198.51.100.1, 203.0.113.7')).toBe('203.0.113.7');
    expect(await addressSeen(['127.0.0.1', '10.1.0.0/16'], '198.51.100.1, 203.0.113.7, 10.1.2.3')).toBe(
      '203.0.113.7',
    );
  });
});
