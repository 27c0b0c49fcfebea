import type { JourneyEntry } from '@estoque/domain';
import { spansOf, traceIdsOf } from './journey.js';

const at = (seconds: number) => new Date(Date.UTC(2026, 0, 15, 12, 0, seconds));
const entry = (
  kind: JourneyEntry['kind'],
  name: string,
  seconds: number,
  rest: Partial<JourneyEntry> = {},
): JourneyEntry => ({
  kind,
  name,
  id: null,
  started_at: at(seconds),
  finished_at: null,
  outcome: null,
  detail: {},
  traceparent: null,
  process: null,
  app: null,
  version: null,
  ...rest,
});
const messagesOf = (entries: JourneyEntry[]) =>
  spansOf(entries)
    .filter(({ kind }) => kind === 'message')
    .map(({ name, app, outcome, finished_at }) => [name, app, outcome, finished_at]);

describe('The journey of an order', () => {
  it('has a message from each step to the one that its consumer made', () => {
    const entries = [
      entry('step', 'pending', 0),
      entry('step', 'awaiting_payment', 1),
      entry('payment_attempt', 'charge', 2, { finished_at: at(3), outcome: 'captured' }),
      entry('step', 'reserved', 4),
    ];
    expect(messagesOf(entries)).toEqual([
      ['order.created', 'order-worker', 'handled', at(1).toISOString()],
      ['payment.requested', 'payment-worker', 'handled', at(4).toISOString()],
      ['stock.reserve', 'stock-worker', 'waiting', null],
    ]);
    expect(spansOf(entries).map(({ kind, app }) => [kind, app])).toEqual([
      ['step', 'api'],
      ['message', 'order-worker'],
      ['step', 'order-worker'],
      ['message', 'payment-worker'],
      ['payment_attempt', 'payment-worker'],
      ['step', 'order-worker'],
      ['message', 'stock-worker'],
    ]);
  });

  it('has a message until the mail about a status, if there is one', () => {
    const shipped = entry('step', 'shipped', 1);
    expect(messagesOf([shipped])).toEqual([['order.shipped', 'notify-worker', null, null]]);
    const mails = [entry('mail', 'order_shipped', 0), entry('mail', 'order_shipped', 2)];
    expect(messagesOf([shipped, ...mails])).toEqual([
      ['order.shipped', 'notify-worker', 'handled', at(2).toISOString()],
    ]);
  });

  it('has the request, and how long each message waited, where the time of receipt is stored', () => {
    const madeBy = (process: string, handling_ms: number) => ({
      process,
      version: '1',
      detail: { handling_ms },
    });
    const entries = [
      entry('step', 'pending', 2, madeBy('api-1', 1_500)),
      entry('reservation', 'product 1', 5),
      entry('step', 'reserved', 5, madeBy('order-worker-1', 1_000)),
      entry('step', 'cancelled', 9, { process: 'api-2', app: 'api', version: '2' }),
    ];
    const spans = spansOf(entries);
    expect(spans[0]).toMatchObject({
      kind: 'http_request',
      name: 'POST /v1/orders',
      process: 'api-1',
      started_at: '2026-01-15T12:00:00.500Z',
      finished_at: at(2).toISOString(),
    });
    expect(spans.filter(({ kind }) => kind === 'message')).toMatchObject([
      {
        name: 'order.created',
        process: 'order-worker-1',
        version: '1',
        started_at: at(2).toISOString(),
        received_at: at(4).toISOString(),
        finished_at: at(5).toISOString(),
      },
      // The api has cancelled the order, and handles no message.
      { name: 'stock.reserve', process: null, version: null, received_at: null },
      { name: 'order.cancelled' },
    ]);
    expect(spans.find(({ kind }) => kind === 'reservation')).toMatchObject({ process: 'order-worker-1' });
    expect(spans.find(({ name }) => name === 'cancelled')).toMatchObject({ app: 'api', process: 'api-2' });
  });

  it('names no app where several apps could have done it, and the process is not recorded', () => {
    expect(spansOf([entry('step', 'cancelled', 1)])[0]).toMatchObject({ kind: 'step', app: null });
    const letter = entry('dead_letter', 'stock.reserve', 1, { detail: { queue: 'unrouted_queue' } });
    expect(spansOf([letter])[0]).toMatchObject({ app: null });
  });

  it('lists each trace once', () => {
    const traced = (id: string) =>
      entry('mail', 'order_processed', 1, { traceparent: `00-${id}-b7ad6b7169203331-01` });
    expect(traceIdsOf([traced('a'), traced('b'), traced('a'), entry('step', 'pending', 0)])).toEqual([
      'a',
      'b',
    ]);
  });
});
