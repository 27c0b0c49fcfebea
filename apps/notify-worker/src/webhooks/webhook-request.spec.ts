import { addressCheckOf } from '@estoque/domain';
import { createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebhookReceiver } from '../../../../test/support/webhook-receiver.js';
import { sendWebhook, type WebhookRequestOptions } from './webhook-request.js';

const REFUSED = 'the address of the host is not allowed';
const TIMEOUT_MS = 300;

describe('sendWebhook', () => {
  let receiver: WebhookReceiver;
  beforeEach(async () => void (receiver = await WebhookReceiver.start()));
  afterEach(() => receiver.stop());

  const port = () => new URL(receiver.url).port;
  const named = (name: string) => `http://${name}:${port()}/hooks`;
  const send = (url: string, options: Partial<WebhookRequestOptions> = {}) =>
    sendWebhook(
      { url, headers: { 'webhook-id': 'event' }, body: '{}' },
      { isAllowed: addressCheckOf(['127.0.0.0/8']), timeoutMs: TIMEOUT_MS, ...options },
    );
  const answers = (...addresses: string[]) => {
    const resolve = jest.fn(() =>
      Promise.resolve(addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))),
    );
    return { resolve };
  };

  it('sends the body, and returns status, the beginning of the answer, and Retry-After in seconds', async () => {
    receiver.answer = () => ({
      status: 503,
      body: `a\0${'x'.repeat(5_000)}`,
      headers: { 'retry-after': '17' },
    });
    expect(await send(receiver.url)).toEqual({
      status: 503,
      body: `a${'x'.repeat(1_022)}`,
      retryAfterSeconds: 17,
    });
    expect(receiver.requests).toMatchObject([{ headers: { 'webhook-id': 'event' }, body: '{}' }]);
  });

  it('resolves a name once, and connects to the address that was checked', async () => {
    const { resolve } = answers('127.0.0.1');
    expect(await send(named('shop.example'), { resolve })).toMatchObject({ status: 200 });
    expect(resolve).toHaveBeenCalledTimes(1);
    expect(receiver.requests[0]!.headers.host).toBe(`shop.example:${port()}`);
  });

  it.each([
    ['private', ['10.0.0.1']],
    ['of a metadata service', ['169.254.169.254']],
    ['IPv4-mapped', ['::ffff:10.0.0.1']],
    ['unique local', ['fd00::1']],
    ['refused and one that is allowed', ['127.0.0.1', '192.168.1.1']],
    ['unspecified', ['0.0.0.0']],
    ['missing', []],
    ['public, by http', ['8.8.8.8']],
  ])('does not connect if the name has an address that is %s', async (_, addresses) => {
    await expect(send(named('shop.example'), answers(...addresses))).rejects.toThrow(REFUSED);
    expect(receiver.requests).toEqual([]);
  });

  it.each(['127.0.0.1', '2130706433', '0x7f.1', '[::ffff:127.0.0.1]', '0.0.0.0'])(
    'does not connect to %s if no network is allowed',
    async (host) => {
      const isAllowed = addressCheckOf([]);
      await expect(send(named(host), { isAllowed })).rejects.toThrow(REFUSED);
      await expect(send(named(host).replace('http:', 'https:'), { isAllowed })).rejects.toThrow(REFUSED);
      expect(receiver.requests).toEqual([]);
    },
  );

  it.each([301, 302, 303, 307, 308])('does not follow a redirect (%d)', async (status) => {
    const target = await WebhookReceiver.start();
    receiver.answer = () => ({ status, headers: { location: target.url } });
    expect(await send(receiver.url)).toMatchObject({ status });
    expect([receiver.requests.length, target.requests.length]).toEqual([1, 0]);
    await target.stop();
  });

  it('ends after the time limit if there is no answer, and if the name is not resolved', async () => {
    receiver.answer = () => undefined;
    await expect(send(receiver.url)).rejects.toThrow(`no answer within ${TIMEOUT_MS} ms`);
    const resolve = () => new Promise<never>(() => undefined);
    await expect(send(named('shop.example'), { resolve })).rejects.toThrow('not resolved in time');
  });

  it('ends after the time limit if the answer never ends', async () => {
    const slow = createServer((socket) => {
      socket.write('HTTP/1.1 200 OK\r\n\r\n');
      const timer = setInterval(() => socket.write('x'), 50);
      socket.on('close', () => clearInterval(timer)).on('error', () => undefined);
    }).listen(0, '127.0.0.1');
    await once(slow, 'listening');
    const url = `http://127.0.0.1:${(slow.address() as AddressInfo).port}/`;
    await expect(send(url)).rejects.toThrow(`no answer within ${TIMEOUT_MS} ms`);
    slow.close();
  });

  it('fails on an answer with headers of more than 8 kB', async () => {
    receiver.answer = () => ({ status: 200, headers: { 'x-large': 'x'.repeat(20_000) } });
    await expect(send(receiver.url)).rejects.toThrow(/header/i);
  });
});
