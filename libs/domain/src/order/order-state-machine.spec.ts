import fc from 'fast-check';
import { catalogue } from '../events/catalogue.js';
import { describeAllowed, OrderNotCancellable } from './order.errors.js';
import {
  canFollow,
  EVENT_OF_STATUS,
  FINAL_ORDER_STATUSES,
  FIRST_ORDER_STATUS,
  hasReservedStock,
  hasSoldStock,
  isFinal,
  isInProgress,
  isReadyFor,
  isTooEarlyFor,
  mayTransition,
  ORDER_STATUSES,
  ORDER_STATUSES_IN_PROGRESS,
  SETTLED_ORDER_STATUSES,
  statusesAfter,
  STATUSES_SINCE_SHIPMENT,
  STATUSES_UNSOLD,
  STATUSES_WITH_STOCK_RESERVED,
  STATUSES_WITH_STOCK_SOLD,
  TRANSITION_STATUSES,
  type OrderStatus,
  type OrderTransition,
} from './order-state-machine.js';

const TRANSITIONS = Object.keys(TRANSITION_STATUSES) as OrderTransition[];
const anyTransition = fc.constantFrom(...TRANSITIONS);
const anyHistory = fc.array(anyTransition, { maxLength: 40 });

/**
 * What an order has experienced, without statuses: a second description of the rules, which the table has to agree with.
 */
interface Model {
  placed: 'open' | 'rejected' | 'cancelled';
  stock: 'free' | 'reserved' | 'sold';
  isAwaitingPayment: boolean;
  shipped: 'none' | 'part' | 'all';
  isCompleted: boolean;
  returned: 'none' | 'part' | 'all';
}

const NEW_ORDER: Model = {
  placed: 'open',
  stock: 'free',
  isAwaitingPayment: false,
  shipped: 'none',
  isCompleted: false,
  returned: 'none',
};

/** Each transition as a rule: whether the order allows it, and what it changes. */
const RULES: Record<OrderTransition, { allows: (order: Model) => boolean; change: Partial<Model> }> = {
  awaitPayment: {
    allows: ({ placed, stock }) => placed === 'open' && stock === 'free',
    change: { stock: 'reserved', isAwaitingPayment: true },
  },
  reserve: {
    allows: ({ placed, stock, isAwaitingPayment }) =>
      placed === 'open' && (stock === 'free' || isAwaitingPayment),
    change: { stock: 'reserved', isAwaitingPayment: false },
  },
  reject: {
    allows: ({ placed, stock, isAwaitingPayment }) =>
      placed === 'open' && (stock === 'free' || isAwaitingPayment),
    change: { placed: 'rejected', stock: 'free', isAwaitingPayment: false },
  },
  cancel: {
    allows: ({ placed, shipped }) => placed === 'open' && shipped === 'none',
    change: { placed: 'cancelled', stock: 'free', isAwaitingPayment: false },
  },
  process: {
    allows: ({ placed, stock, isAwaitingPayment }) =>
      placed === 'open' && stock === 'reserved' && !isAwaitingPayment,
    change: { stock: 'sold' },
  },
  shipPart: {
    allows: ({ stock, shipped }) => stock === 'sold' && shipped !== 'all',
    change: { shipped: 'part' },
  },
  ship: { allows: ({ stock, shipped }) => stock === 'sold' && shipped !== 'all', change: { shipped: 'all' } },
  complete: {
    allows: ({ shipped, isCompleted, returned }) => shipped === 'all' && !isCompleted && returned === 'none',
    change: { isCompleted: true },
  },
  returnPart: {
    allows: ({ shipped, returned }) => shipped === 'all' && returned !== 'all',
    change: { returned: 'part' },
  },
  return: {
    allows: ({ shipped, returned }) => shipped === 'all' && returned !== 'all',
    change: { returned: 'all' },
  },
};

function statusOf({ placed, stock, isAwaitingPayment, shipped, isCompleted, returned }: Model): OrderStatus {
  if (placed !== 'open') return placed;
  if (returned !== 'none') return returned === 'all' ? 'returned' : 'partially_returned';
  if (isCompleted) return 'completed';
  if (shipped !== 'none') return shipped === 'all' ? 'shipped' : 'partially_shipped';
  if (isAwaitingPayment) return 'awaiting_payment';
  return { free: 'pending', reserved: 'reserved', sold: 'processed' }[stock] as OrderStatus;
}

/** @returns the initial status and the status after each transition; an impossible transition changes nothing */
function statusesOf(history: OrderTransition[]): OrderStatus[] {
  const statuses: OrderStatus[] = [FIRST_ORDER_STATUS];
  for (const transition of history) {
    const status = statuses.at(-1)!;
    statuses.push(mayTransition(transition, status) ? TRANSITION_STATUSES[transition].to : status);
  }
  return statuses;
}

describe('Order state machine', () => {
  it('agrees with a model of the rules after each step of a random walk', () => {
    const reached = new Set<OrderStatus>();
    fc.assert(
      fc.property(anyHistory, (history) => {
        let model = NEW_ORDER;
        let status: OrderStatus = FIRST_ORDER_STATUS;
        for (const transition of history) {
          const { allows, change } = RULES[transition];
          expect([status, transition, mayTransition(transition, status)]).toEqual([
            status,
            transition,
            allows(model),
          ]);
          if (!allows(model)) continue;
          model = { ...model, ...change };
          status = TRANSITION_STATUSES[transition].to;
          reached.add(status);
          expect(status).toBe(statusOf(model));
          expect([hasReservedStock(status), hasSoldStock(status)]).toEqual([
            model.stock === 'reserved',
            model.stock === 'sold',
          ]);
        }
      }),
      { numRuns: 5_000 },
    );
    expect([...reached].toSorted()).toEqual(
      ORDER_STATUSES.filter((status) => status !== FIRST_ORDER_STATUS).toSorted(),
    );
  });

  it('has the statuses of an order', () => {
    expect(ORDER_STATUSES).toEqual([
      'pending',
      'awaiting_payment',
      'reserved',
      'processed',
      'partially_shipped',
      'shipped',
      'completed',
      'rejected',
      'cancelled',
      'partially_returned',
      'returned',
    ]);
  });

  it('has three final statuses, which no transition leads out of', () => {
    expect(FINAL_ORDER_STATUSES).toEqual(['rejected', 'cancelled', 'returned']);
  });

  it('has three statuses in which a worker makes the next transition; all others are settled', () => {
    expect(ORDER_STATUSES_IN_PROGRESS).toEqual(['pending', 'awaiting_payment', 'reserved']);
    expect(ORDER_STATUSES.filter((status) => !isInProgress(status))).toEqual(SETTLED_ORDER_STATUSES);
    for (const status of FINAL_ORDER_STATUSES) expect(isInProgress(status)).toBe(false);
  });

  it('has one next status for each name of a transition', () => {
    for (const [name, { from, to }] of Object.entries(TRANSITION_STATUSES))
      for (const status of from)
        expect([
          name,
          statusesAfter(status).includes(to),
          mayTransition(name as OrderTransition, status),
        ]).toEqual([name, true, true]);
  });

  it('allows an order to be cancelled until it is shipped', () => {
    expect(ORDER_STATUSES.filter((status) => mayTransition('cancel', status))).toEqual([
      'pending',
      'awaiting_payment',
      'reserved',
      'processed',
    ]);
  });

  it('has only events of the catalogue', () => {
    expect(EVENT_OF_STATUS).toMatchObject({
      pending: 'order.created',
      awaiting_payment: 'payment.requested',
      reserved: 'stock.reserve',
      processed: 'order.processed',
      rejected: 'order.rejected',
      cancelled: 'order.cancelled',
    });
    for (const event of Object.values(EVENT_OF_STATUS))
      if (event !== undefined) expect(Object.keys(catalogue)).toContain(event);
  });

  it('has the statuses in which stock is reserved or sold', () => {
    expect(STATUSES_UNSOLD).toEqual(['rejected', 'cancelled']);
    expect(STATUSES_WITH_STOCK_RESERVED).toEqual(['awaiting_payment', 'reserved']);
    expect(STATUSES_WITH_STOCK_SOLD).toEqual([
      'processed',
      'partially_shipped',
      'shipped',
      'completed',
      'partially_returned',
      'returned',
    ]);
  });

  it('has the statuses of an order of which something was shipped', () => {
    expect(STATUSES_SINCE_SHIPMENT).toEqual(
      STATUSES_WITH_STOCK_SOLD.filter((status) => status !== 'processed'),
    );
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

  it('enters each status at most once in a row of changes, and never an earlier one again', () => {
    fc.assert(
      fc.property(anyHistory, (history) => {
        const entered = statusesOf(history).filter((status, index, all) => status !== all[index - 1]);
        expect(new Set(entered).size).toBe(entered.length);
        entered.forEach((status, index) => {
          for (const earlier of entered.slice(0, index)) expect(canFollow(status, earlier)).toBe(true);
        });
      }),
    );
  });

  it('refuses with the status and what it allows', () => {
    expect(new OrderNotCancellable(5, 'shipped').message).toBe(
      'Order 5 is shipped and can no longer be cancelled. From shipped, an order can only become completed or partially_returned or returned.',
    );
    expect(describeAllowed('rejected')).toBe('The status rejected is final.');
  });

  describe('isTooEarlyFor', () => {
    it('is true only for a status that the transition can still follow', () => {
      expect(ORDER_STATUSES.filter((status) => isTooEarlyFor('process', status))).toEqual([
        'pending',
        'awaiting_payment',
      ]);
      expect(ORDER_STATUSES.filter((status) => isTooEarlyFor('reserve', status))).toEqual([]);
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
    expect([new Error('no such order'), ...orders].filter(isReadyFor('process'))).toEqual([
      { status: 'reserved' },
    ]);
  });
});
