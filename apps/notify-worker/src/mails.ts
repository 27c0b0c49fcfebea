import type {
  LineRejection,
  Locale,
  Movement,
  NotificationKind,
  Product,
  OrderDetails,
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
  order_cancelled: { en: 'Your order {id} has been cancelled', 'pt-BR': 'Seu pedido {id} foi cancelado' },
};

const REASONS = {
  en: {
    out_of_stock: (requested: number, available: number) => `${requested} ordered, ${available} available`,
    product_inactive: () => 'no longer sold',
  },
  'pt-BR': {
    out_of_stock: (requested: number, available: number) =>
      `quantidade pedida: ${requested}, disponível: ${available}`,
    product_inactive: () => 'não está mais à venda',
  },
};

/**
 * Composes a mail to the customer, in the language of the order. The recipient may not be the client that placed the order,
 * so names and references that could carry a message are left out.
 */
export function orderMail(kind: OrderMailKind, order: OrderDetails): Mail {
  const { id, locale, currency, customer_email } = order;
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
      expired: order.cancellation === 'expired',
      lines: order.lines.map(({ product_id, name, sku, quantity, unit_price }) => ({
        name,
        sku,
        quantity,
        amount: formatMoney(quantity * unit_price, currency, locale),
        reason: rejectionText(rejections.get(product_id), locale),
      })),
    },
  };
}

/** Composes a low-stock alert to the shop. */
export function lowStockMail(to: string, { name, sku, reorder_point }: Product, movement: Movement): Mail {
  return {
    to,
    subject: `Low stock: ${sku}`,
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

const textTemplates = new Map<string, Handlebars.TemplateDelegate>();

/**
 * Renders the plain-text part of a mail. The mailer renders only the HTML part.
 *
 * @param name language and kind, for example `en/order_processed`
 */
export function renderText(name: string, context: Mail['context']): string {
  let template = textTemplates.get(name);
  if (!template) {
    const source = readFileSync(join(TEMPLATES, `${name}.text.hbs`), 'utf8');
    template = Handlebars.compile(source, { noEscape: true, strict: true });
    textTemplates.set(name, template);
  }
  return template(context);
}
