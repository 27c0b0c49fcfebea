import pg from 'pg';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { pg: '8.23.1' };

/** A server that is unreachable gets no cancel request. Its `client_connection_check_interval` ends the statement later. */
const TIMEOUT_MS = 2_000;

/** What a client knows about its connection, as far as a cancel request needs it. */
interface ConnectedClient {
  host: string;
  port: number;
  ssl: boolean | object;
  sslNegotiation?: string;
  processID: number | null;
  secretKey: number | null;
}

/** pg's connection: the protocol without a session. */
interface Connection {
  stream: { destroy(): void; unref(): void };
  connect(port: number | string, host?: string): void;
  requestSsl(): void;
  cancel(processId: number, secretKey: number): void;
  on(event: 'connect' | 'sslconnect' | 'end' | 'error', listener: () => void): void;
}

/**
 * Asks the server to cancel the statement that a client's session is executing. Returns immediately; never throws.
 *
 * Upstream behaviour: `Client.cancel` of pg sends the request unencrypted and has no time limit. Therefore the request
 * is sent on pg's connection class.
 * Private members: `processID` and `secretKey` of the client, and the class `Connection`.
 */
export function requestCancel(client: pg.Client) {
  const { host, port, ssl, sslNegotiation, processID, secretKey } = client as unknown as ConnectedClient;
  if (processID === null || secretKey === null) return;
  const { Connection } = pg as unknown as { Connection: new (config: object) => Connection };
  const connection = new Connection({ ssl, sslNegotiation });
  const timer = setTimeout(() => connection.stream.destroy(), TIMEOUT_MS).unref();
  const sendCancel = () => connection.cancel(processID, secretKey);
  const isDirectTls = sslNegotiation === 'direct';
  connection.on('connect', () => {
    if (!ssl) sendCancel();
    else if (!isDirectTls) connection.requestSsl();
  });
  connection.on('sslconnect', sendCancel);
  // The server closes the connection after it has read the request.
  connection.on('end', () => clearTimeout(timer));
  connection.on('error', () => undefined);
  if (host.startsWith('/')) connection.connect(`${host}/.s.PGSQL.${port}`);
  else connection.connect(port, host);
}
