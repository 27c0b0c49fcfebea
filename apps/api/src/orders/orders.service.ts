import {
  OrderNotCancellable,
  UnitOfWork,
  type NewOrder,
  type ProductSnapshot,
  type PlacedOrder,
} from '@estoque/domain';
import { MicroBatcher } from '@estoque/messaging';
import { AppError, type FieldError } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import { invalid } from '../http/validation.pipe.js';
import {
  toOrderDto,
  type OrderDto,
  type OrderItemDto,
  type OrderPageDto,
  type OrderQuery,
  type PlaceOrderDto,
} from './orders.dto.js';

@Injectable()
export class OrdersService {
  private readonly batcher = new MicroBatcher<PlaceOrderDto, OrderDto>((asked) => this.placeAll(asked));

  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  /**
   * Stores the order and announces it, in one transaction.
   *
   * @throws AppError `validation_failed`: an unknown product, products in several currencies, a total too large
   */
  place(asked: PlaceOrderDto): Promise<OrderDto> {
    return this.batcher.add(asked);
  }

  private placeAll(asked: PlaceOrderDto[]): Promise<(OrderDto | Error)[]> {
    return this.unitOfWork.inTransaction(async ({ orders, products, outbox }) => {
      const ids = new Set(asked.flatMap(({ items }) => items.map(({ product_id }) => product_id)));
      const offers = await products.snapshots([...ids]);
      const drafts = asked.map((order) => refusalOr(() => draftOf(order, offers)));
      const good = drafts.filter((draft): draft is NewOrder => !(draft instanceof Error));
      const accepted = asked.filter((_, index) => !(drafts[index] instanceof Error));
      const placed = await orders.place(good);
      for (const [index, { id }] of placed.entries()) {
        const items = good[index]!.lines.map(({ product_id, quantity }) => ({ product_id, quantity }));
        outbox.add('order.created', { order_id: id, items }, accepted[index]);
      }
      const inTurn = placed.values();
      return drafts.map((draft) =>
        draft instanceof Error ? draft : toPlacedDto(draft, inTurn.next().value!),
      );
    });
  }

  /**
   * `pending` or `reserved` `-> cancelled`, and what was reserved is given back. One that is cancelled already stays so.
   *
   * @throws OrderNotFound, OrderNotCancellable
   */
  cancel(id: number): Promise<OrderDto> {
    return this.unitOfWork.inTransaction(async ({ orders, orderDetails: wholeOrders, stock, outbox }) => {
      const order = await orders.lockForUpdate(id);
      if (order.status === 'processed' || order.status === 'rejected')
        throw new OrderNotCancellable(id, order.status);
      if (order.status !== 'cancelled') {
        await stock.release(order);
        await orders.cancel(id, 'requested');
        outbox.add('order.cancelled', { order_id: id, items: order.items, reason: 'requested' });
      }
      return toOrderDto(await wholeOrders.get(id));
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

/** @throws AppError `validation_failed` */
function draftOf({ customer, items, locale }: PlaceOrderDto, offers: Map<number, ProductSnapshot>): NewOrder {
  const wanted = addUp(items);
  refuseUnknown(items, offers);
  const lines = [...wanted].map(([product_id, quantity]) => {
    const { sku, name, price } = offers.get(product_id)!;
    return { product_id, sku, name, quantity, unit_price: price };
  });
  return {
    customer_name: customer.name,
    customer_email: customer.email,
    locale,
    currency: oneCurrency([...wanted.keys()].map((id) => offers.get(id)!)),
    total: totalOf(lines),
    lines,
  };
}

/** A refusal is the order's own; whatever else is thrown isn't. */
function refusalOr<Result>(draft: () => Result): Result | AppError {
  try {
    return draft();
  } catch (error) {
    if (error instanceof AppError) return error;
    throw error;
  }
}

/** As it stands when it has just been stored. */
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

/** Units by product, in the order in which the products first appear. */
function addUp(items: OrderItemDto[]): Map<number, number> {
  const wanted = new Map<number, number>();
  for (const { product_id, quantity } of items)
    wanted.set(product_id, (wanted.get(product_id) ?? 0) + quantity);
  const over = items.findIndex(({ product_id }) => wanted.get(product_id)! > MAX_UNITS);
  if (over >= 0) {
    throw invalid([
      {
        pointer: `/items/${over}/quantity`,
        code: 'too_large',
        message: 'is too large with the other lines of this product',
      },
    ]);
  }
  return wanted;
}

/** Of one product in one order, all its lines together; the event's contract says the same. */
const MAX_UNITS = 1_000_000;

function refuseUnknown(items: OrderItemDto[], offers: Map<number, ProductSnapshot>) {
  const faults: FieldError[] = items.flatMap(({ product_id }, index) =>
    offers.has(product_id)
      ? []
      : [
          {
            pointer: `/items/${index}/product_id`,
            code: 'unknown_product',
            message: `there is no product ${product_id}`,
          },
        ],
  );
  if (faults.length > 0) throw invalid(faults);
}

function oneCurrency(products: ProductSnapshot[]): string {
  const currencies = [...new Set(products.map(({ currency }) => currency))];
  if (currencies.length === 1) return currencies[0]!;
  throw invalid([
    {
      pointer: '/items',
      code: 'mixed_currencies',
      message: `products in ${currencies.join(', ')} need an order each`,
    },
  ]);
}

function totalOf(lines: { quantity: number; unit_price: number }[]): number {
  const total = lines.reduce(
    (sum, { quantity, unit_price }) => sum + BigInt(quantity) * BigInt(unit_price),
    0n,
  );
  if (total <= BigInt(Number.MAX_SAFE_INTEGER)) return Number(total);
  throw invalid([
    { pointer: '/items', code: 'total_too_large', message: 'come to more than can be counted' },
  ]);
}
