import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { reservePort } from './ports.js';

describe('reservePort', () => {
  it.each(['127.0.0.1', '0.0.0.0'])('skips a port that a server on %s uses', async (host) => {
    const server = createServer().listen(0, host);
    await once(server, 'listening');
    try {
      const { port } = server.address() as AddressInfo;
      const reserved = await reservePort(port);
      expect(reserved).toBeGreaterThan(port);
    } finally {
      server.close();
    }
  });

  it('returns each port once, also while no server listens on it', async () => {
    const ports = await Promise.all([1, 2, 3].map(() => reservePort(28_000)));
    expect(new Set(ports).size).toBe(3);
  });
});
