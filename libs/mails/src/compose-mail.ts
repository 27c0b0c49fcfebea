import type { Notification, OrderDetails, Repositories } from '@estoque/domain';
import { lowStockMail, orderMail, type Mail } from './mails.js';

/**
 * Composes the mail of a notification.
 *
 * @param order the order that it is about, if it is about one
 * @param repositories for what the order does not contain
 */
export async function composeMail(
  { kind, subject_id, movement_id, recipient, locale }: Notification,
  order: OrderDetails | undefined,
  { products, refunds, stock }: Pick<Repositories, 'products' | 'refunds' | 'stock'>,
): Promise<Mail> {
  if (kind === 'order_refunded')
    return orderMail(kind, order!, subject_id, await refunds.amountOf(subject_id!));
  if (kind !== 'low_stock') return orderMail(kind, order!, subject_id);
  const movement = await stock.movement(movement_id!);
  return lowStockMail(recipient, await products.get(movement.product_id), movement, locale);
}
