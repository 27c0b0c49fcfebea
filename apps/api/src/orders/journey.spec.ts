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

  it('names no app where several apps could have done it', () => {
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
