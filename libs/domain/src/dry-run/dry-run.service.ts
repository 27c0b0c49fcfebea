import {
  correlationOf,
  decodeEvent,
  DryRuns,
  handlerOf,
  outcomeOfFailure,
  type DryRunRequest,
} from '@estoque/messaging';
import { LOGGER, PeriodicTask, type Logger } from '@estoque/platform';
import type { OnApplicationBootstrap, OnModuleDestroy, Provider, Type } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { catalogue, type PublisherName } from '../events/catalogue.js';
import type { OrderStatus } from '../order/order-state-machine.js';
import { UnitOfWork, type RolledBackTransaction } from '../unit-of-work.js';
import { observe, type ObservedState } from './dry-run.effects.js';

const INTERVAL_MS = 500;
const HANDLER_TIMEOUT_MS = 3_000;

/** A request to the payment gateway that was not sent. Amounts are in the currency's minor unit. */
export interface GatewayRequest {
  type: 'charge' | 'refund';
  amount: number;
  currency: string;
}

/** What the handler of a message would do. */
export interface DryRunResult {
  /** `retried`: the first attempt fails. `waits`: a row is locked or a dependency is unavailable. */
  decision: 'handled' | 'retried' | 'dead_lettered' | 'waits';
  /** Result of the handler, for example `reserved` or `duplicate`. Null if it failed. */
  outcome: string | null;
  error: { code: string; message: string } | null;
  order: { id: number; before: OrderStatus; after: OrderStatus } | null;
  /** Products whose stock changes. */
  stock: {
    product_id: number;
    before: { on_hand: number; reserved: number };
    after: { on_hand: number; reserved: number };
  }[];
  events: { event: string; body: unknown }[];
  mails: { kind: string; recipient: string }[];
  /** Status of the payment of the order. */
  payment: { before: string | null; after: string | null; refund_requests: number } | null;
  gateway_requests: GatewayRequest[];
}

/** Creates the consumer of an app on another unit of work. It must have no effect but those of the unit of work. */
export type ConsumerFactory<App extends PublisherName> = (
  unitOfWork: UnitOfWork<App>,
  recordGatewayRequest: (request: GatewayRequest) => void,
) => object;

/**
 * Runs the handlers of messages in transactions that are rolled back, on request (DryRuns). The handlers are those that
 * handle messages, on a unit of work of their own, so a dry run is in no batch with a message.
 */
export class DryRunService<App extends PublisherName> implements OnApplicationBootstrap, OnModuleDestroy {
  private readonly task: PeriodicTask;

  constructor(
    private readonly queue: string,
    private readonly unitOfWork: UnitOfWork<App>,
    private readonly createConsumer: ConsumerFactory<App>,
    private readonly requests: DryRuns,
    logger: Logger,
  ) {
    this.task = new PeriodicTask('dry runs', INTERVAL_MS, () => this.runAll(), logger);
  }

  onApplicationBootstrap() {
    this.task.start();
  }

  onModuleDestroy() {
    return this.task.stop();
  }

  private async runAll() {
    while (!this.task.isStopping) {
      const request = await this.requests.claim(this.queue);
      if (!request) return;
      await this.requests.answer(request.id, await this.run(request));
    }
  }

  /** Never rejects. */
  async run({ event, body }: Omit<DryRunRequest, 'id'>): Promise<DryRunResult> {
    try {
      const { payload } = decodeEvent(catalogue, body, event);
      return await this.unitOfWork.rollBackAfter((transaction) => this.handle(event, payload, transaction));
    } catch (error) {
      return { ...NO_EFFECT, ...failureOf(error) };
    }
  }

  private async handle(
    event: string,
    payload: Record<string, unknown>,
    { unitOfWork, sql, events }: RolledBackTransaction<App>,
  ): Promise<DryRunResult> {
    const { order_id: orderId } = correlationOf(catalogue, event, payload) as { order_id?: number };
    const movementIds = event === 'stock.updated' ? movementsOf(payload) : [];
    const gateway_requests: GatewayRequest[] = [];
    const consumer = this.createConsumer(unitOfWork, (request) => gateway_requests.push(request));
    const before = await observe(sql, { orderId, movementIds });
    const handled = await settle(handlerOf(consumer, event)!(payload));
    const after = await observe(sql, { orderId, movementIds });
    return {
      ...handled,
      ...differenceOf(orderId, before, after),
      events: events.map(({ event: name, body }) => ({ event: name, body: JSON.parse(body) as unknown })),
      gateway_requests,
    };
  }
}

/** Provides the dry runs of a worker. @param inject what `create` gets, to create the consumer with */
export const dryRunsOf = <App extends PublisherName, Dependencies extends unknown[]>(
  queue: string,
  inject: { [Index in keyof Dependencies]: Type<Dependencies[Index]> | symbol },
  create: (...dependencies: Dependencies) => ConsumerFactory<App>,
): Provider => ({
  provide: DryRunService,
  inject: [UnitOfWork, DryRuns, LOGGER, ...inject],
  useFactory: (
    unitOfWork: UnitOfWork<App>,
    requests: DryRuns,
    logger: Logger,
    ...dependencies: Dependencies
  ) => new DryRunService(queue, unitOfWork, create(...dependencies), requests, logger),
});

const NO_EFFECT = {
  order: null,
  stock: [],
  events: [],
  mails: [],
  payment: null,
  gateway_requests: [],
} satisfies Partial<DryRunResult>;

type Handled = Pick<DryRunResult, 'decision' | 'outcome' | 'error'>;

/** Waits for a handler, but not until a lock is free that another session holds. */
async function settle(handling: Promise<unknown>): Promise<Handled> {
  try {
    const timeout = sleep(HANDLER_TIMEOUT_MS, TIMED_OUT, { ref: false });
    const outcome = await Promise.race([handling, timeout]);
    if (outcome === TIMED_OUT) {
      // It fails when its transaction has been rolled back.
      handling.catch(() => undefined);
      return { decision: 'waits', outcome: null, error: TIMED_OUT };
    }
    return { decision: 'handled', outcome: String(outcome), error: null };
  } catch (error) {
    return failureOf(error);
  }
}

const TIMED_OUT = { code: 'row_locked', message: 'Another session has locked a row of the order.' };

function failureOf(error: unknown): Handled {
  const { decision, code, message } = outcomeOfFailure(error);
  return { decision, outcome: null, error: { code, message } };
}

function differenceOf(
  orderId: number | undefined,
  before: ObservedState,
  after: ObservedState,
): Pick<DryRunResult, 'order' | 'stock' | 'mails' | 'payment'> {
  const stockBefore = new Map(before.stock.map(({ product_id, ...stock }) => [product_id, stock]));
  const mailsBefore = new Set(before.mails.map(({ id }) => id));
  return {
    order:
      orderId !== undefined && before.order && after.order
        ? { id: orderId, before: before.order, after: after.order }
        : null,
    stock: after.stock
      .map(({ product_id, ...stock }) => ({ product_id, before: stockBefore.get(product_id)!, after: stock }))
      .filter(
        (change) =>
          change.before.on_hand !== change.after.on_hand || change.before.reserved !== change.after.reserved,
      ),
    mails: after.mails
      .filter(({ id }) => !mailsBefore.has(id))
      .map(({ kind, recipient }) => ({ kind, recipient })),
    payment: after.payment
      ? {
          before: before.payment?.status ?? null,
          after: after.payment.status,
          refund_requests: after.payment.refund_requests - (before.payment?.refund_requests ?? 0),
        }
      : null,
  };
}

const movementsOf = ({ items }: Record<string, unknown>) =>
  (items as { movement_id: number }[]).map(({ movement_id }) => movement_id);
