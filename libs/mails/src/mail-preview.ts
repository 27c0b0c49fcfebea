import type { Locale, NotificationKind, OrderDetails } from '@estoque/domain';
import { lowStockMail, orderMail, renderHtml, renderText, type Mail } from './mails.js';

/** What a recipient would read. */
export interface MailPreview {
  subject: string;
  html: string;
  text: string;
}

const AT = new Date('2026-01-15T12:00:00Z');

/** The order of which the examples of the API document are. Shipment and return have the same id. */
const SUBJECT_ID = 1;
const ITEMS = [{ product_id: 10, quantity: 1 }];
const ORDER: OrderDetails = {
  id: 123,
  version: 4,
  customer_name: 'Ana Souza',
  customer_email: 'ana@example.com',
  locale: 'en',
  status: 'processed',
  currency: 'BRL',
  total: 7_470,
  rejection: null,
  cancellation: null,
  cancellation_reason: null,
  reference: 'PO-2026-118',
  metadata: null,
  created_at: AT,
  updated_at: AT,
  lines: [
    {
      product_id: 10,
      sku: 'CAF-250',
      name: 'Café torrado 250 g',
      quantity: 2,
      shipped: 1,
      returned: 1,
      unit_price: 2_490,
    },
    {
      product_id: 11,
      sku: 'FIL-102',
      name: 'Filtro de papel 102',
      quantity: 1,
      shipped: 0,
      returned: 0,
      unit_price: 2_490,
    },
  ],
  shipments: [
    { id: SUBJECT_ID, carrier: 'Correios', tracking_number: 'QB123456785BR', lines: ITEMS, created_at: AT },
  ],
  returns: [
    { id: SUBJECT_ID, reason: 'too small', restocked: true, amount: 2_490, lines: ITEMS, created_at: AT },
  ],
  timeline: [],
};

/** Renders a mail of the kind about an order, or a product, that does not exist. */
export function previewMail(kind: NotificationKind, locale: Locale): MailPreview {
  const { subject, context } =
    kind === 'low_stock'
      ? lowStockMail(
          'stock@example.com',
          { sku: 'CAF-250', name: 'Café torrado 250 g', reorder_point: 10 },
          { balance_after: 8 },
          locale,
        )
      : orderMail(kind, { ...ORDER, locale, rejection: rejectionOf(kind) }, SUBJECT_ID, 2_490);
  return renderMail(kind, locale, { subject, context });
}

/** Renders both parts of a mail. */
export function renderMail(
  kind: NotificationKind,
  locale: Locale,
  { subject, context }: Pick<Mail, 'subject' | 'context'>,
): MailPreview {
  const name = `${locale}/${kind}`;
  return { subject, html: renderHtml(name, context), text: renderText(name, context) };
}

const rejectionOf = (kind: NotificationKind): OrderDetails['rejection'] =>
  kind === 'order_rejected' ? [{ product_id: 10, reason: 'out_of_stock', requested: 2, available: 1 }] : null;
