import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import pg from 'pg';

/**
 * Starts a server on 127.0.0.1 that inserts a parameter into SQL as text. sqlmap must find that: otherwise, that it finds
 * nothing in the API proves nothing.
 */
export async function startVulnerableServer(databaseUrl: string) {
  const pool = new pg.Pool({ connectionString: databaseUrl });
  const server = createServer((request, response) => {
    const id = new URL(request.url!, 'http://127.0.0.1').searchParams.get('id');
    pool.query(`SELECT id, name FROM products WHERE id = ${id}`).then(
      ({ rows }) => response.end(JSON.stringify(rows)),
      (error: Error) => response.writeHead(400).end(error.message),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    request: {
      name: 'a vulnerable server query id',
      text: `GET /?id=1* HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\n\r\n`,
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await pool.end();
    },
  };
}
