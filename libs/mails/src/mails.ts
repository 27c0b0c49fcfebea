import type {
  LineRejection,
  Locale,
  Movement,
  NotificationKind,
  Product,
  OrderDetails,
  OrderItem,
  Shipment,
} from '@estoque/domain';
import Handlebars from 'handlebars';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { printableName, printableReference } from './printable-text.js';

export const TEMPLATES = join(import.meta.dirname, 'templates');

/** A mail before rendering: recipient, subject, and the variables for its templates. */
export interface Mail {
  to: string | { name: string; address: string };
  subject: string;
  context: Record<string, unknown>;
}

export type OrderMailKind = Exclude<NotificationKind, 'low_stock'>;

const SUBJECTS: Record<OrderMailKind, Record<Locale, string>> = {
  order_processed: { en: 'Your order {id} is confirmed', 'pt-BR': 'Seu pedido {id} foi confirmado' },
  order_rejected: {
    en: 'We could not fulfil your order {id}',
    'pt-BR': 'Não foi possível atender seu pedido {id}',
  },
  order_refunded: {
    en: 'Refund for your order {id}',
    'pt-BR': 'Reembolso do seu pedido {id}',
  },
  payment_failed: {
    en: 'The payment of your order {id} was declined',
    'pt-BR': 'O pagamento do seu pedido {id} foi recusado',
  },
  order_cancelled: { en: 'Your order {id} has been cancelled', 'pt-BR': 'Seu pedido {id} foi cancelado' },
  order_returned: {
    en: 'We have received your return for order {id}',
    'pt-BR': 'Recebemos a devolução do seu pedido {id}',
  },
  order_shipped: { en: 'Your order {id} is on its way', 'pt-BR': 'Seu pedido {id} está a caminho' },
};

const LOW_STOCK_SUBJECTS: Record<Locale, string> = {
  en: 'Low stock: {sku}',
  'pt-BR': 'Estoque baixo: {sku}',
};

const REASONS = {
  en: {
    out_of_stock: (requested: number, available: number) => `${requested} ordered, ${available} available`,
    product_inactive: () => 'no longer sold',
    payment_declined: () => 'the payment was declined',
  },
  'pt-BR': {
    out_of_stock: (requested: number, available: number) =>
      `quantidade pedida: ${requested}, disponível: ${available}`,
    product_inactive: () => 'não está mais à venda',
    payment_declined: () => 'o pagamento foi recusado',
  },
};

/**
 * Composes a mail to the customer, in the language of the order. The recipient may not be the client that placed the order,
 * so names and references that could carry a message are left out.
 *
 * @param subjectId shipment or return that the mail is about; it then contains only the items of that
 * @param refunded amount in the currency's minor unit, of a mail about a refund
 */
export function orderMail(
  kind: OrderMailKind,
  order: OrderDetails,
  subjectId: number | null = null,
  refunded?: number,
): Mail {
  const { id, locale, currency, customer_email } = order;
  const { shipment, items } = subjectOf(kind, order, subjectId);
  const customer = printableName(order.customer_name);
  const rejections = new Map(order.rejection?.map((rejection) => [rejection.product_id, rejection]));
  return {
    to: { name: customer ?? '', address: customer_email },
    subject: SUBJECTS[kind][locale].replace('{id}', String(id)),
    context: {
      id,
      reference: order.reference === null ? undefined : printableReference(order.reference),
      customer,
      total: formatMoney(order.total, currency, locale),
      refunded: refunded === undefined ? undefined : formatMoney(refunded, currency, locale),
      expired: order.cancellation === 'expired',
      carrier: shipment?.carrier,
      tracking_number: shipment?.tracking_number,
      partial: shipment !== undefined && isFollowedByAnother(shipment, order),
      lines: linesOf(order, items).map(({ product_id, name, sku, quantity, unit_price }) => ({
        name,
        sku,
        quantity,
        amount: formatMoney(quantity * unit_price, currency, locale),
        reason: rejectionText(rejections.get(product_id), locale),
      })),
    },
  };
}

/** The shipment that the mail is about, if it is about one, and the items of the shipment or return. */
function subjectOf(
  kind: OrderMailKind,
  { shipments, returns }: OrderDetails,
  subjectId: number | null,
): { shipment?: Shipment; items?: OrderItem[] } {
  if (kind === 'order_returned') return { items: returns.find(({ id }) => id === subjectId)!.lines };
  if (kind !== 'order_shipped') return {};
  const shipment = shipments.find(({ id }) => id === subjectId)!;
  return { shipment, items: shipment.lines };
}

/**
 * Whether units were still to be shipped after this shipment. Later shipments do not count: the mail says the same
 * when it is written late.
 */
function isFollowedByAnother({ id }: Shipment, { lines, shipments }: OrderDetails): boolean {
  const unitsOf = (items: { quantity: number }[]) => items.reduce((sum, { quantity }) => sum + quantity, 0);
  return (
    unitsOf(shipments.filter((other) => other.id <= id).flatMap((other) => other.lines)) < unitsOf(lines)
  );
}

/** The lines of the order with the quantities of the items, if there are any. */
function linesOf({ lines }: OrderDetails, items?: OrderItem[]) {
  if (!items) return lines;
  const units = new Map(items.map(({ product_id, quantity }) => [product_id, quantity]));
  return lines
    .filter(({ product_id }) => units.has(product_id))
    .map((line) => ({ ...line, quantity: units.get(line.product_id)! }));
}

/** Composes a low-stock alert to the shop. */
export function lowStockMail(
  to: string,
  { name, sku, reorder_point }: Pick<Product, 'name' | 'sku' | 'reorder_point'>,
  movement: Pick<Movement, 'balance_after'>,
  locale: Locale,
): Mail {
  return {
    to,
    subject: LOW_STOCK_SUBJECTS[locale].replace('{sku}', () => sku),
    context: { name, sku, reorder_point, on_hand: movement.balance_after },
  };
}

function rejectionText(rejection: LineRejection | undefined, locale: Locale) {
  return rejection ? REASONS[locale][rejection.reason](rejection.requested, rejection.available) : '';
}

/** Cache by language and currency: creating a format takes longer than rendering the rest of a mail's text. */
const currencyFormats = new Map<string, Intl.NumberFormat>();

function currencyFormat(locale: Locale, currency: string): Intl.NumberFormat {
  const cached = currencyFormats.get(locale + currency);
  if (cached) return cached;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  currencyFormats.set(locale + currency, format);
  return format;
}

/** Formats an amount in minor units in the style of the language. */
export function formatMoney(amount: number, currency: string, locale: Locale): string {
  const format = currencyFormat(locale, currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

/** Cache by file name. */
const templates = new Map<string, Handlebars.TemplateDelegate>();

/**
 * Renders the plain-text part of a mail.
 *
 * @param name language and kind, for example `en/order_processed`
 */
export function renderText(name: string, context: Mail['context']): string {
  return render(`${name}.text.hbs`, context, { noEscape: true });
}

/** Renders the HTML part of a mail, as the mailer does. @param name as of `renderText` */
export function renderHtml(name: string, context: Mail['context']): string {
  return render(`${name}.hbs`, context);
}

function render(file: string, context: Mail['context'], options: CompileOptions = {}): string {
  let template = templates.get(file);
  if (!template) {
    const source = readFileSync(join(TEMPLATES, file), 'utf8');
    template = Handlebars.compile(source, { ...options, strict: true });
    templates.set(file, template);
  }
  return template(context);
}

type CompileOptions = Parameters<typeof Handlebars.compile>[1];
