import { StreamClient } from './stream-client.js';

const event = (order_id: number) => ({
  id: `id-${order_id}`,
  order_id,
  event: 'order.created',
  status: 'pending' as const,
  at: '2026-01-15T12:00:00.000Z',
});

describe('The stream of a client', () => {
  let closed: number;
  let client: StreamClient;
  const watcher = { caller: 'key:1', reidentify: () => undefined };
  beforeEach(() => {
    closed = 0;
    client = new StreamClient(watcher, () => (closed += 1));
  });
  const read = () => String(client.body.read() ?? '');

  it('sends events in the format of server-sent events', () => {
    client.send(event(7));
    expect(read()).toBe(
      'retry: 2000\n: connected\n\nid: id-7\nevent: order\n' +
        'data: {"order_id":7,"event":"order.created","status":"pending","at":"2026-01-15T12:00:00.000Z"}\n\n',
    );
  });

  it('drops events of a client that does not read, and tells it how many', () => {
    for (let id = 1; id <= 1_000; id++) client.send(event(id));
    const waiting = client.body.readableLength;
    expect(waiting).toBeLessThan(17_000);
    client.sendReplaceable(': heartbeat\n\n');
    expect(client.body.readableLength).toBe(waiting);

    const first = read();
    const sent = first.split('event: order\n').length - 1;
    expect(first.endsWith(`event: lost\ndata: {"count":${1_000 - sent}}\n\n`)).toBe(true);
    client.send(event(1_001));
    expect(read()).toMatch(/^id: id-1001\n/);
  });

  it('reports once that it is closed, and drops what is sent afterwards', async () => {
    client.body.destroy();
    await new Promise((resolve) => client.body.once('close', resolve));
    client.send(event(1));
    client.sendGap();
    expect(closed).toBe(1);
  });
});
