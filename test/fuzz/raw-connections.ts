import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../faults/random.js';
import { apiKeyOf } from '../support/credentials.js';

const RESPONSE_MS = 5_000;

const KEY = apiKeyOf('admin');
const ADMIN = `Authorization: Bearer ${KEY}\r\n`;

const get = (path: string, credential = ADMIN) => `GET ${path} HTTP/1.1\r\nHost: api\r\n${credential}\r\n`;
const post = (path: string, headers: string, body: string, credential = ADMIN) =>
  `POST ${path} HTTP/1.1\r\nHost: api\r\n${credential}Content-Type: application/json\r\n${headers}\r\n${body}`;

/** Bytes of a connection by name. */
const RAW: Record<string, (random: Random) => string> = {
  'random bytes': (random) =>
    String.fromCharCode(...Array.from({ length: 200 }, () => random.between(0, 255))),
  'no host': () => 'GET /v1/orders HTTP/1.1\r\n\r\n',
  'two hosts': () => 'GET /v1/orders HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n',
  'HTTP/1.0': () => 'GET /v1/orders HTTP/1.0\r\n\r\n',
  'HTTP/2 preface': () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n',
  'unknown method': () => 'BREW /v1/orders HTTP/1.1\r\nHost: api\r\n\r\n',
  'absolute URL': () => get('http://elsewhere/v1/orders'),
  'invalid percent-encoding': () => get('/v1/orders/%zz'),
  'NUL in the path': () => get('/v1/orders/\0'),
  'long URL': () => get(`/v1/orders?email=${'a'.repeat(20_000)}`),
  'large header': () => `GET /v1/orders HTTP/1.1\r\nHost: api\r\nX-Large: ${'a'.repeat(40_000)}\r\n\r\n`,
  'many headers': () =>
    `GET /v1/orders HTTP/1.1\r\nHost: api\r\n${Array.from({ length: 3_000 }, (_, index) => `X-${index}: 1\r\n`).join('')}\r\n`,
  'negative length': () => post('/v1/orders', 'Content-Length: -1\r\n', '{}'),
  'two lengths': () => post('/v1/orders', 'Content-Length: 2\r\nContent-Length: 3\r\n', '{}'),
  'length and chunks': () =>
    post('/v1/orders', 'Content-Length: 2\r\nTransfer-Encoding: chunked\r\n', '2\r\n{}\r\n0\r\n\r\n'),
  'invalid chunk': () => post('/v1/orders', 'Transfer-Encoding: chunked\r\n', 'zz\r\n{}'),
  'huge chunk': () => post('/v1/orders', 'Transfer-Encoding: chunked\r\n', 'ffffffffffff\r\n{}'),
  expectation: () => post('/v1/orders', 'Content-Length: 2\r\nExpect: 200-maybe\r\n', '{}'),
  upgrade: () => 'GET / HTTP/1.1\r\nHost: api\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n',
  'bare line feeds': () => 'GET /v1/orders HTTP/1.1\nHost: api\n\n',
};

/** Headers that contain no valid credential, which no client library sends. */
const INVALID_CREDENTIALS: Record<string, string> = {
  'two equal credentials': ADMIN + ADMIN,
  'a second credential': `${ADMIN}Authorization: Bearer x\r\n`,
  'a first credential': `Authorization: Bearer x\r\n${ADMIN}`,
  'NUL in the credential': `Authorization: Bearer ${KEY}\0\r\n`,
  'other bytes in the credential': `Authorization: Bearer ${KEY}\xff\xfe\r\n`,
  'credential of 12 kB': `Authorization: Bearer ${'A'.repeat(12_000)}\r\n`,
  'credential of 40 kB': `Authorization: Bearer ${'A'.repeat(40_000)}\r\n`,
  'space after the name of the header': `Authorization : Bearer ${KEY}\r\n`,
  'credential for a proxy': `Proxy-Authorization: Bearer ${KEY}\r\n`,
  'credential in a cookie': `Cookie: Authorization=Bearer ${KEY}\r\n`,
};
for (const [name, header] of Object.entries(INVALID_CREDENTIALS)) RAW[name] = () => get('/v1/orders', header);

export const RAW_NAMES = Object.keys(RAW);

/** Whether every answer but a refusal is a violation. */
export const mustBeRefused = (name: string) => name in INVALID_CREDENTIALS;

/** Status lines, and bodies of 5xx, that the server sent. */
export interface RawResult {
  name: string;
  statuses: number[];
  text: string;
}

/** Opens a connection. Errors are expected: the server may reset it. */
function open(origin: string): Socket {
  const { hostname, port } = new URL(origin);
  return connect(Number(port), hostname).on('error', () => undefined);
}

/** Sends raw bytes on a connection of its own, and reads the response until it ends or RESPONSE_MS are over. */
export async function sendRaw(origin: string, name: string, random: Random): Promise<RawResult> {
  const socket = open(origin);
  let text = '';
  socket.setEncoding('latin1').on('data', (chunk: string) => (text = (text + chunk).slice(0, 10_000)));
  socket.write(Buffer.from(RAW[name]!(random), 'latin1'));
  const closed = new Promise((resolve) => socket.once('close', resolve));
  const answered = new Promise((resolve) => socket.once('data', () => setTimeout(resolve, 100)));
  await Promise.race([closed, answered, sleep(RESPONSE_MS)]);
  socket.destroy();
  const statuses = [...text.matchAll(/^HTTP\/1\.1 (\d{3})/gm)].map(([, status]) => Number(status));
  return { name, statuses, text };
}

/** Ends a request in the middle of its body. */
export async function abortRequest(origin: string) {
  const socket = open(origin);
  socket.write(post('/v1/orders', 'Content-Length: 5000\r\n', '{"customer":'));
  await sleep(20);
  socket.destroy();
}

/** Sends many requests on one connection and does not read the answers for a while. */
export async function pipeline(origin: string, path: string, count: number, unreadMs: number) {
  const socket = open(origin);
  socket.pause();
  socket.write(get(path).repeat(count));
  await sleep(unreadMs);
  socket.destroy();
}

/** A request whose body arrives one byte at a time. */
export class SlowRequest {
  readonly openedAt = Date.now();
  closedAt?: number;
  private readonly socket: Socket;
  private readonly timer: NodeJS.Timeout;

  constructor(origin: string, hasCredential: boolean) {
    this.socket = open(origin);
    this.socket.resume().once('close', () => (this.closedAt = Date.now()));
    const credential = hasCredential ? ADMIN : '';
    this.socket.write(post('/v1/orders', 'Content-Length: 100000\r\n', '{', credential));
    this.timer = setInterval(() => this.socket.write(' '), 1_000);
  }

  stop() {
    clearInterval(this.timer);
    this.socket.destroy();
  }
}
