import { OrderNotCancellable, UnitOfWork, type Product } from '@estoque/domain';
import type { Fault } from '@estoque/platform';
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
  constructor(private readonly work: UnitOfWork) {}

  /**
   * Stores the order and announces it, in one transaction.
   *
   * @throws AppError `validation_failed`: an unknown product, products in several currencies, a total too large
   */
  place({ customer, items, locale }: PlaceOrderDto): Promise<OrderDto> {
    return this.work.inTransaction(async ({ orders, products, outbox }) => {
      const wanted = addUp(items);
      const known = new Map(
        (await products.withIds([...wanted.keys()])).map((product) => [product.id, product]),
      );
      refuseUnknown(items, known);
      const lines = [...wanted].map(([product_id, quantity]) => {
        const { sku, name, price } = known.get(product_id)!;
        return { product_id, sku, name, quantity, unit_price: price };
      });
      const id = await orders.place({
        customer_name: customer.name,
        customer_email: customer.email,
        locale,
        currency: oneCurrency([...known.values()]),
        total: totalOf(lines),
        lines,
      });
      outbox.add('order.created', {
        order_id: id,
        items: lines.map(({ product_id, quantity }) => ({ product_id, quantity })),
      });
      return toOrderDto(await orders.get(id));
    });
  }

  /**
   * `pending` or `reserved` `-> cancelled`, and what was reserved is given back. One that is cancelled already stays so.
   *
   * @throws OrderNotFound, OrderNotCancellable
   */
  cancel(id: number): Promise<OrderDto> {
    return this.work.inTransaction(async ({ orders, stock, outbox }) => {
      const order = await orders.hold(id);
      if (order.status === 'processed' || order.status === 'rejected')
        throw new OrderNotCancellable(id, order.status);
      if (order.status !== 'cancelled') {
        await stock.release(order);
        await orders.cancel(id, 'requested');
        outbox.add('order.cancelled', { order_id: id, items: order.items, reason: 'requested' });
      }
      return toOrderDto(await orders.get(id));
    });
  }

  /** @throws OrderNotFound */
  async get(id: number): Promise<OrderDto> {
    return toOrderDto(await this.work.read.orders.get(id));
  }

  async list({ limit, cursor, status, email, created_from, created_to }: OrderQuery): Promise<OrderPageDto> {
    const orders = await this.work.read.orders.list({
      status,
      email,
      created_from: created_from === undefined ? undefined : new Date(created_from),
      created_to: created_to === undefined ? undefined : new Date(created_to),
      ...pageStart({ limit, cursor }),
    });
    return toPage(orders, limit, toOrderDto);
  }
}

/** Units by product, in the order in which the products first appear. */
function addUp(items: OrderItemDto[]): Map<number, number> {
  const wanted = new Map<number, number>();
  for (const { product_id, quantity } of items)
    wanted.set(product_id, (wanted.get(product_id) ?? 0) + quantity);
  const over = items.findIndex(({ product_id }) => wanted.get(product_id)! > MOST_UNITS);
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
const MOST_UNITS = 1_000_000;

function refuseUnknown(items: OrderItemDto[], known: Map<number, Product>) {
  const faults: Fault[] = items.flatMap(({ product_id }, index) =>
    known.has(product_id)
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

function oneCurrency(products: Product[]): string {
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
