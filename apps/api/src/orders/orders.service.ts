import {
  assertVersion,
  draftOrder,
  FIRST_ORDER_STATUS,
  hasSoldStock,
  InvalidOrder,
  mayTransition,
  OrderNotCancellable,
  orderRow,
  productRow,
  stockRow,
  unknownMethod,
  UnitOfWork,
  type Actor,
  type Answer,
  type ExpectedVersion,
  type KeyedRequest,
  type LockedOrder,
  type NewOrder,
  type OrderSearch,
  type PaymentGatewayName,
  type PlacedOrder,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { ENVIRONMENT, Metrics, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { ORDER_QUEUE_LIMITS } from '../http/admission.js';
import { isSameAddress } from '../access/owner.js';
import { cursorAfter, emptyPage, pageStart, readBoundedPage, type PageQuery } from '../http/page.dto.js';
import { answerOnce } from '../idempotency/answer-once.js';
import { invalid } from '../http/validation.pipe.js';
import {
  toOrderDto,
  type OrderCountsDto,
  type OrderDto,
  type OrderPageDto,
  type OrderQuery,
} from './orders.dto.js';
import type { PlaceOrderDto } from './place-order.dto.js';

/** A request for an order, with its idempotency key if it has one. */
interface OrderRequest {
  body: PlaceOrderDto;
  actor: Actor;
  keyed?: KeyedRequest;
  /** Time of `performance.now()` at which this process received it. */
  receivedAt?: number;
}

/** What a caller may say about a cancellation. */
interface Cancel {
  reason?: string;
  expected?: ExpectedVersion;
  /** The customer who asks for it: the order of another one is not found. */
  owner?: string;
  keyed?: KeyedRequest;
}

const COUNTED_MS = 24 * 3_600_000;
/** Maximum number of orders that are counted of each part of the orders. */
const MAX_COUNTED = 10_000;

@Injectable()
export class OrdersService {
  private readonly batcher = new MicroBatcher<OrderRequest, Answer<OrderDto>>(
    (requests, lockMode) =>
      this.unitOfWork.inBatch(requests, lockMode, rowsOf, (unlocked, transaction) =>
        transaction.idempotency.answerEach(unlocked, (unanswered) =>
          storeOrders(unanswered, transaction, this.environment.PAYMENT_GATEWAY),
        ),
      ),
    { ...ORDER_QUEUE_LIMITS, locks: { rowsOf, queries: () => this.unitOfWork.rowLocks } },
  );

  constructor(
    private readonly unitOfWork: UnitOfWork<'api'>,
    metrics: Metrics,
    @Inject(ENVIRONMENT) private readonly environment: Pick<Environment, 'PAYMENT_GATEWAY'>,
  ) {
    metrics.gauge(
      'estoque_order_requests_waiting',
      'Requests for orders that wait for their transaction',
      () => this.batcher.pendingCount,
    );
  }

  /**
   * Stores the order and its event `order.created` in one transaction. The event is published after the commit. The order
   * is itself the record of who placed it.
   *
   * @param isAbandoned whether the caller no longer waits; the order is then not stored
   * @param receivedAt when this process received the request, by `performance.now()`
   * @throws AppError `validation_failed`: an unknown payment method, too many units of a product, unknown products, several
   * currencies, or a total that is too large; RowLocked if another session has locked one of the products;
   * IdempotencyKeyReused, IdempotencyInProgress; `overloaded`
   */
  place(
    body: PlaceOrderDto,
    actor: Actor,
    keyed?: KeyedRequest,
    isAbandoned?: () => boolean,
    receivedAt?: number,
  ): Promise<Answer<OrderDto>> {
    return this.batcher.add({ body, actor, keyed, receivedAt }, isAbandoned);
  }

  /**
   * Cancels the order, releases or restores its stock and stores the event `order.cancelled` in one transaction. An order
   * that is already cancelled is returned unchanged.
   *
   * @throws OrderNotFound, VersionStale, OrderNotCancellable, StockTooLarge, RowLocked, IdempotencyKeyReused,
   * IdempotencyInProgress
   */
  async cancel(
    id: number,
    actor: Actor,
    { reason, expected, owner, keyed }: Cancel = {},
  ): Promise<Answer<OrderDto>> {
    // Before any lock, so that a locked order of another customer is not found either.
    if (owner !== undefined) await this.unitOfWork.readForChange.orderDetails.assertOwner(id, owner);
    const items = (await this.unitOfWork.readForChange.orderDetails.itemsOf([id])).get(id)!;
    // A movement refers to its product.
    const rows = [
      orderRow(id),
      ...items.flatMap(({ product_id }) => [stockRow(product_id), productRow(product_id)]),
    ];
    const locking = this.unitOfWork.locking(rows);
    return answerOnce(locking, keyed, async (transaction) => {
      const { orders, orderDetails, outbox, auditLog } = transaction;
      const order = await orders.lockForUpdate(id);
      assertVersion(expected, order.version);
      if (mayTransition('cancel', order.status)) {
        await freeStock(order, transaction);
        await orders.cancel(id, 'requested', reason);
        outbox.add('order.cancelled', { order_id: id, items: order.items, reason: 'requested' });
        await auditLog.record(actor, {
          action: 'order.cancelled',
          objectId: id,
          before: { status: order.status },
          after: { status: 'cancelled' },
        });
      } else if (order.status !== 'cancelled') {
        throw new OrderNotCancellable(id, order.status);
      }
      return { body: toOrderDto(await orderDetails.get(id)) };
    });
  }

  /** @param owner a customer: the order of another one is not found @throws OrderNotFound */
  async get(id: number, owner?: string): Promise<OrderDto> {
    return toOrderDto(await this.unitOfWork.read.orderDetails.get(id, owner));
  }

  async counts(): Promise<OrderCountsDto> {
    const since = new Date(Date.now() - COUNTED_MS);
    const { counts, isComplete } = await this.unitOfWork.read.orderDetails.countSince(since, MAX_COUNTED);
    return { since: since.toISOString(), data: counts, is_complete: isComplete };
  }

  /** @param owner a customer: only their orders are listed */
  async list(
    {
      created_from,
      created_to,
      limit,
      cursor,
      sku,
      currency,
      amount_from,
      amount_to,
      payment,
      ...conditions
    }: OrderQuery,
    owner?: string,
  ): Promise<OrderPageDto> {
    if (owner !== undefined && !isSameAddress(conditions.email ?? owner, owner)) return emptyPage();
    const filter = {
      ...conditions,
      email: owner ?? conditions.email,
      created_from: created_from === undefined ? undefined : new Date(created_from),
      created_to: created_to === undefined ? undefined : new Date(created_to),
    };
    const searched = { sku, currency, amount_from, amount_to, payment };
    if (Object.values(searched).some((value) => value !== undefined))
      return this.search({ ...filter, ...searched }, { limit, cursor });
    const { orderDetails } = this.unitOfWork.read;
    return readBoundedPage(
      { limit, cursor },
      (range) => orderDetails.list({ ...filter, ...range }),
      toOrderDto,
    );
  }

  /** Searches a bounded number of orders. If more are left, the next page continues. */
  private async search(filter: Omit<OrderSearch, 'limit'>, query: PageQuery): Promise<OrderPageDto> {
    const { orderDetails } = this.unitOfWork.read;
    const { found, last } = await orderDetails.search({ ...filter, ...pageStart(query) });
    const page = await readBoundedPage(
      { limit: query.limit },
      ({ before, limit }) => {
        const from = before === undefined ? 0 : found.indexOf(before) + 1;
        return orderDetails.inSequence(found.slice(from, from + limit));
      },
      toOrderDto,
    );
    return page.has_more || last === null
      ? page
      : { ...page, has_more: true, next_cursor: cursorAfter(last) };
  }
}

/** The rows that a request locks: foreign keys of the order lines. */
const rowsOf = ({ body: { items } }: OrderRequest) => [
  ...new Set(items.map(({ product_id }) => productRow(product_id))),
];

/** Releases the reservations of an order, or restores its stock if it was deducted. */
async function freeStock(order: LockedOrder, { reservations, outbox }: Transaction<'api'>) {
  if (!hasSoldStock(order.status)) return reservations.release(order);
  outbox.add('stock.updated', { order_id: order.id, items: await reservations.restore(order) });
}

async function storeOrders(
  requests: OrderRequest[],
  { orders, products, outbox }: Transaction<'api'>,
  gateway: PaymentGatewayName,
): Promise<(Answer<OrderDto> | Error)[]> {
  const snapshots = await products.snapshots(productIdsOf(requests));
  const drafts = requests.map(
    ({ body, actor, receivedAt }) =>
      (body.payment && unknownMethod(gateway, body.payment.method)) ??
      draftOrder(body, snapshots, actor, receivedAt),
  );
  const valid = drafts.filter((draft): draft is NewOrder => !(draft instanceof InvalidOrder));
  const placed = await orders.place(valid);
  const placedByDraft = new Map(valid.map((draft, index) => [draft, placed[index]!]));
  return requests.map((request, index) => {
    const draft = drafts[index]!;
    if (draft instanceof InvalidOrder) return invalid(draft.fieldErrors);
    const order = placedByDraft.get(draft)!;
    outbox.add('order.created', { order_id: order.id, items: itemsOf(draft) }, request);
    return { body: toPlacedDto(draft, order), headers: { location: `/v1/orders/${order.id}` } };
  });
}

const productIdsOf = (requests: OrderRequest[]) => [
  ...new Set(requests.flatMap(({ body: { items } }) => items.map(({ product_id }) => product_id))),
];

const itemsOf = ({ lines }: NewOrder) => lines.map(({ product_id, quantity }) => ({ product_id, quantity }));

/** Builds the response from the stored values, without a query. */
function toPlacedDto(order: NewOrder, { id, created_at }: PlacedOrder): OrderDto {
  return toOrderDto({
    ...order,
    reference: order.reference ?? null,
    metadata: order.metadata ?? null,
    id,
    version: 1,
    status: FIRST_ORDER_STATUS,
    rejection: null,
    cancellation: null,
    cancellation_reason: null,
    shipments: [],
    returns: [],
    timeline: [{ step: FIRST_ORDER_STATUS, at: created_at }],
    created_at,
    updated_at: created_at,
  });
}
