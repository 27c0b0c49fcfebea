import { OrderNotReady, UnitOfWork, type Locale, type Order } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { MailDeliveryService, type Mail } from './mail-delivery.service.js';

const OCCASIONS = {
  order_processed: {
    status: 'processed',
    subject: { en: 'Your order {id} is confirmed', 'pt-BR': 'Seu pedido {id} foi confirmado' },
  },
  order_rejected: {
    status: 'rejected',
    subject: {
      en: 'We could not fulfil your order {id}',
      'pt-BR': 'Não foi possível atender seu pedido {id}',
    },
  },
} as const;

const REASONS = {
  en: {
    out_of_stock: (requested: number, available: number) => `${requested} asked for, ${available} available`,
    product_inactive: () => 'no longer sold',
  },
  'pt-BR': {
    out_of_stock: (requested: number, available: number) =>
      `${requested} pedido(s), ${available} disponível(is)`,
    product_inactive: () => 'não está mais à venda',
  },
};

@Injectable()
export class NotificationService {
  constructor(
    private readonly work: UnitOfWork,
    private readonly delivery: MailDeliveryService,
  ) {}

  /**
   * One mail to the customer, recorded before it is sent.
   *
   * @throws OrderNotFound, OrderNotReady and what `deliver` throws
   */
  async notify(kind: keyof typeof OCCASIONS, orderId: number) {
    const order = await this.work.read.orders.get(orderId);
    if (order.status !== OCCASIONS[kind].status) throw new OrderNotReady(orderId, order.status);
    const notification = await this.work.inTransaction(({ notifications }) =>
      notifications.record({
        order_id: orderId,
        kind,
        recipient: order.customer_email,
        locale: order.locale,
      }),
    );
    return this.delivery.deliver(notification, mailAbout(kind, order));
  }
}

/** What the customer reads, in their language. */
export function mailAbout(kind: keyof typeof OCCASIONS, order: Order): Mail {
  const { id, locale, currency, customer_name, customer_email } = order;
  const rejections = new Map(order.rejection?.map((rejection) => [rejection.product_id, rejection]));
  return {
    to: { name: customer_name, address: customer_email },
    subject: OCCASIONS[kind].subject[locale].replace('{id}', String(id)),
    context: {
      id,
      customer: customer_name,
      total: money(order.total, currency, locale),
      lines: order.lines.map(({ product_id, name, sku, quantity, unit_price }) => ({
        name,
        sku,
        quantity,
        amount: money(quantity * unit_price, currency, locale),
        reason: reasonOf(rejections.get(product_id), locale),
      })),
    },
  };
}

function reasonOf(rejection: NonNullable<Order['rejection']>[number] | undefined, locale: Locale) {
  return rejection ? REASONS[locale][rejection.reason](rejection.requested, rejection.available) : '';
}

/** `amount` in minor units, as people of that language write it. */
export function money(amount: number, currency: string, locale: Locale): string {
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}
