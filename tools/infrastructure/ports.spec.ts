import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { reservePort } from './ports.js';

describe('A port', () => {
  it.each(['127.0.0.1', '0.0.0.0'])(
    'that a server on %s has is passed over, for the next free one',
    async (host) => {
      const server = createServer().listen(0, host);
      await once(server, 'listening');
      try {
        const { port } = server.address() as AddressInfo;
        const reserved = await reservePort(port);
        expect(reserved).toBeGreaterThan(port);
      } finally {
        server.close();
      }
    },
  );

  it('is reserved once, before anybody listens there', async () => {
    const ports = await Promise.all([1, 2, 3].map(() => reservePort(28_000)));
    expect(new Set(ports).size).toBe(3);
  });
});
