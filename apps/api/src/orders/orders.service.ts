import {
  draftOrder,
  InvalidOrder,
  mayTransition,
  OrderNotCancellable,
  orderRow,
  productRow,
  stockRow,
  UnitOfWork,
  type NewOrder,
  type PlacedOrder,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import { invalid } from '../http/validation.pipe.js';
import {
  toOrderDto,
  type OrderDto,
  type OrderPageDto,
  type OrderQuery,
  type PlaceOrderDto,
} from './orders.dto.js';

@Injectable()
export class OrdersService {
  private readonly batcher = new MicroBatcher<PlaceOrderDto, OrderDto>(
    (requests, lockMode) =>
      this.unitOfWork.inBatch(requests, lockMode, rowsOf, (unlocked, transaction) =>
        this.placeAll(unlocked, transaction),
      ),
    { locks: { rowsOf, queries: () => this.unitOfWork.rowLocks } },
  );

  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  /**
   * Stores the order and its event `order.created` in one transaction. The event is published after the commit.
   *
   * @throws AppError `validation_failed`: too many units of a product, unknown products, several currencies, or a total
   * that is too large
   * @throws RowLocked if another session has locked one of the products
   */
  place(request: PlaceOrderDto): Promise<OrderDto> {
    return this.batcher.add(request);
  }

  private async placeAll(
    requests: PlaceOrderDto[],
    { orders, products, outbox }: Transaction<'api'>,
  ): Promise<(OrderDto | Error)[]> {
    const snapshots = await products.snapshots(productIdsOf(requests));
    const drafts = requests.map((request) => draftOrder(request, snapshots));
    const valid = drafts.filter((draft): draft is NewOrder => !(draft instanceof InvalidOrder));
    const placed = await orders.place(valid);
    const placedByDraft = new Map(valid.map((draft, index) => [draft, placed[index]!]));
    return requests.map((request, index) => {
      const draft = drafts[index]!;
      if (draft instanceof InvalidOrder) return invalid(draft.fieldErrors);
      const order = placedByDraft.get(draft)!;
      outbox.add('order.created', { order_id: order.id, items: itemsOf(draft) }, request);
      return toPlacedDto(draft, order);
    });
  }

  /**
   * Cancels the order, releases its reservations and stores the event `order.cancelled` in one transaction. An order
   * that is already cancelled is returned unchanged.
   *
   * @throws OrderNotFound, OrderNotCancellable, RowLocked
   */
  async cancel(id: number): Promise<OrderDto> {
    const items = await this.unitOfWork.read.orders.items(id);
    const rows = [orderRow(id), ...items.map(({ product_id }) => stockRow(product_id))];
    return this.unitOfWork.inTransactionLocking(rows, async ({ orders, orderDetails, stock, outbox }) => {
      const order = await orders.lockForUpdate(id);
      if (mayTransition('cancel', order.status)) {
        await stock.release(order);
        await orders.cancel(id, 'requested');
        outbox.add('order.cancelled', { order_id: id, items: order.items, reason: 'requested' });
      } else if (order.status !== 'cancelled') {
        throw new OrderNotCancellable(id, order.status);
      }
      return toOrderDto(await orderDetails.get(id));
    });
  }

  /** @throws OrderNotFound */
  async get(id: number): Promise<OrderDto> {
    return toOrderDto(await this.unitOfWork.read.orderDetails.get(id));
  }

  async list({ limit, cursor, status, email, created_from, created_to }: OrderQuery): Promise<OrderPageDto> {
    const orders = await this.unitOfWork.read.orderDetails.list({
      status,
      email,
      created_from: created_from === undefined ? undefined : new Date(created_from),
      created_to: created_to === undefined ? undefined : new Date(created_to),
      ...pageStart({ limit, cursor }),
    });
    return toPage(orders, limit, toOrderDto);
  }
}

/** The rows that a request locks: foreign keys of the order lines. */
const rowsOf = ({ items }: PlaceOrderDto) => [
  ...new Set(items.map(({ product_id }) => productRow(product_id))),
];

const productIdsOf = (requests: PlaceOrderDto[]) => [
  ...new Set(requests.flatMap(({ items }) => items.map(({ product_id }) => product_id))),
];

const itemsOf = ({ lines }: NewOrder) => lines.map(({ product_id, quantity }) => ({ product_id, quantity }));

/** Builds the response from the stored values, without a query. */
function toPlacedDto(order: NewOrder, { id, created_at }: PlacedOrder): OrderDto {
  return toOrderDto({
    ...order,
    id,
    status: 'pending',
    rejection: null,
    cancellation: null,
    timeline: [{ step: 'pending', at: created_at }],
    created_at,
    updated_at: created_at,
  });
}
