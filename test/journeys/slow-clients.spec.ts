import type { AppName } from '../../apps/manifest.js';
import { apiKeyOf } from '../support/credentials.js';
import { RawConnection } from '../support/raw-http.js';
import { System } from '../support/system.js';
import { until } from '../support/until.js';

const CONNECTIONS = 200;
const INTERVAL_MS = 5_000;
/** Another request is answered within this time: far above its usual time, far below the time of a slow request. */
const MAX_ANSWER_MS = 2_000;

const HEADERS = 'host: shop.example\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n';
/** What a connection sends before its single bytes. */
const BEGINNINGS = [
  'GET /v1/orders HTTP/1.1\r\nhost: shop.example\r\nx: ',
  `POST /v1/orders HTTP/1.1\r\n${HEADERS}authorization: Bearer ${apiKeyOf('admin')}\r\n\r\n`,
  // Refused before the body has arrived.
  `POST /v1/orders HTTP/1.1\r\n${HEADERS}\r\n`,
];

let system: System;
beforeAll(async () => void (system = await System.start({ apps: ['api', 'stock-worker'] })));
afterAll(() => system.stop());

/** Opens connections that send one byte every five seconds, of the headers or of the body. */
async function openSlowConnections(url: string) {
  const connections = await Promise.all(Array.from({ length: CONNECTIONS }, () => RawConnection.open(url)));
  for (const [index, connection] of connections.entries())
    connection.write(BEGINNINGS[index % BEGINNINGS.length]!);
  const timer = setInterval(() => {
    for (const connection of connections) if (!connection.isClosed) connection.write('x');
  }, INTERVAL_MS);
  const close = () => {
    clearInterval(timer);
    for (const connection of connections) connection.close();
  };
  return { connections, close };
}

/**
 * Sends other requests, one after another, until the slow connections of an app are cut off.
 *
 * @returns the statuses of the answers to the slow requests, and what was wrong with the other requests
 */
async function occupy(app: AppName, sendOther: () => Promise<unknown>) {
  const slow = await openSlowConnections(system.process(app).url);
  const problems: string[] = [];
  const isCutOff = async () => {
    const from = performance.now();
    await sendOther().catch((error: unknown) => problems.push(String(error)));
    const took = Math.round(performance.now() - from);
    if (took > MAX_ANSWER_MS) problems.push(`${took} ms`);
    return slow.connections.every(({ isClosed }) => isClosed);
  };
  try {
    await until(`${app} to cut off all slow connections`, isCutOff, { seconds: 40 });
  } finally {
    slow.close();
  }
  const statuses = new Set(slow.connections.map(({ answers: [answer] }) => answer?.status));
  return { statuses: [...statuses].toSorted(), problems };
}

describe(`${CONNECTIONS} connections that send a byte every ${INTERVAL_MS / 1_000} s`, () => {
  /** On a connection of its own, as a health probe. */
  const probe = async (app: AppName) => {
    const { status } = await fetch(`${system.process(app).url}/health/live`, {
      headers: { connection: 'close' },
    });
    expect(status).toBe(200);
  };

  it('are cut off by the api, and delay no other request', async () => {
    const product_id = await system.createProduct(1_000);
    const sendOther = async () => {
      await probe('api');
      await system.placeOrder([{ product_id, quantity: 1 }]);
    };
    expect(await occupy('api', sendOther)).toEqual({ statuses: [401, 408], problems: [] });
  });

  it('are cut off by a worker, and delay no health probe', async () => {
    const expected = { statuses: [408], problems: [] };
    expect(await occupy('stock-worker', () => probe('stock-worker'))).toEqual(expected);
  });
});
