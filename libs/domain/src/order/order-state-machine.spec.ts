import fc from 'fast-check';
import { catalogue } from '../events/catalogue.js';
import {
  EVENT_OF_STATUS,
  FINAL_ORDER_STATUSES,
  hasReservedStock,
  isFinal,
  isReadyFor,
  isTooEarlyFor,
  mayTransition,
  ORDER_STATUSES,
  ORDER_TRANSITIONS,
  STATUSES_WITH_STOCK_RESERVED,
  STATUSES_WITH_STOCK_SOLD,
  type OrderStatus,
  type OrderTransition,
} from './order-state-machine.js';

const TRANSITIONS = Object.keys(ORDER_TRANSITIONS) as OrderTransition[];
const anyTransition = fc.constantFrom(...TRANSITIONS);
const anyHistory = fc.array(anyTransition, { maxLength: 20 });

/** @returns the initial status and the status after each transition; an impossible transition changes nothing */
function statusesOf(history: OrderTransition[]): OrderStatus[] {
  const statuses: OrderStatus[] = [ORDER_TRANSITIONS.place.to];
  for (const transition of history) {
    const status = statuses.at(-1)!;
    statuses.push(mayTransition(transition, status) ? ORDER_TRANSITIONS[transition].to : status);
  }
  return statuses;
}

describe('Order state machine', () => {
  it('has a different status after each transition', () => {
    expect(ORDER_STATUSES).toEqual(['pending', 'reserved', 'processed', 'rejected', 'cancelled']);
    expect(new Set(ORDER_STATUSES).size).toBe(ORDER_STATUSES.length);
  });

  it('has three final statuses, which no transition leads out of', () => {
    expect(FINAL_ORDER_STATUSES).toEqual(['processed', 'rejected', 'cancelled']);
    expect(ORDER_STATUSES.filter((status) => !isFinal(status))).toEqual(['pending', 'reserved']);
  });

  it('allows only pending and reserved orders to be cancelled', () => {
    expect(ORDER_STATUSES.filter((status) => mayTransition('cancel', status))).toEqual([
      'pending',
      'reserved',
    ]);
  });

  it('has an event of the catalogue for each status', () => {
    expect(EVENT_OF_STATUS).toEqual({
      pending: 'order.created',
      reserved: 'stock.reserve',
      processed: 'order.processed',
      rejected: 'order.rejected',
      cancelled: 'order.cancelled',
    });
    for (const event of Object.values(EVENT_OF_STATUS)) expect(Object.keys(catalogue)).toContain(event);
  });

  it('has the statuses in which stock is reserved or sold', () => {
    expect(STATUSES_WITH_STOCK_RESERVED).toEqual(['reserved']);
    expect(ORDER_STATUSES.filter(hasReservedStock)).toEqual(['reserved']);
    expect(STATUSES_WITH_STOCK_SOLD).toEqual(['processed']);
  });

  it('allows every order with reserved stock to be cancelled', () => {
    for (const status of STATUSES_WITH_STOCK_RESERVED) expect(mayTransition('cancel', status)).toBe(true);
  });

  it('never leaves a final status, for any sequence of transitions', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const statuses = statusesOf(history);
        const firstFinal = statuses.findIndex(isFinal);
        if (firstFinal >= 0) expect(new Set(statuses.slice(firstFinal)).size).toBe(1);
      }),
    );
  });

  it('makes each transition at most once', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const entered = statusesOf(history).filter((status, index, all) => status !== all[index - 1]);
        expect(new Set(entered).size).toBe(entered.length);
      }),
    );
  });

  describe('isTooEarlyFor', () => {
    it('is true only for a status that the transition can still follow', () => {
      const tooEarly = TRANSITIONS.flatMap((transition) =>
        ORDER_STATUSES.filter((status) => isTooEarlyFor(transition, status)).map((status) => [
          transition,
          status,
        ]),
      );
      expect(tooEarly).toEqual([['process', 'pending']]);
    });

    it('is true exactly while other transitions can make the transition possible', () => {
      fc.assert(
        fc.property(anyHistory, anyTransition, (history, transition) => {
          const statuses = statusesOf(history);
          const possible = statuses.findIndex((status) => mayTransition(transition, status));
          for (const status of statuses.slice(0, Math.max(possible, 0)))
            expect(isTooEarlyFor(transition, status)).toBe(true);
          if (isFinal(statuses.at(-1)!)) expect(isTooEarlyFor(transition, statuses.at(-1)!)).toBe(false);
        }),
      );
    });
  });

  it('selects the orders in which a transition is possible', () => {
    const orders = ORDER_STATUSES.map((status) => ({ status }));
    expect([new Error('no such order'), ...orders].filter(isReadyFor('cancel'))).toEqual([
      { status: 'pending' },
      { status: 'reserved' },
    ]);
  });
});
