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

export const TEMPLATES = join(import.meta.dirname, 'templates');

/** What a mail says, for the templates of its kind and language. */
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
  order_cancelled: { en: 'Your order {id} is cancelled', 'pt-BR': 'Seu pedido {id} foi cancelado' },
};

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

/** To the customer, in their language. */
export function orderMail(kind: OrderMailKind, order: OrderDetails): Mail {
  const { id, locale, currency, customer_name, customer_email } = order;
  const rejections = new Map(order.rejection?.map((rejection) => [rejection.product_id, rejection]));
  return {
    to: { name: customer_name, address: customer_email },
    subject: SUBJECTS[kind][locale].replace('{id}', String(id)),
    context: {
      id,
      customer: customer_name,
      total: money(order.total, currency, locale),
      expired: order.cancellation === 'expired',
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

/** To the shop. */
export function lowStockMail(to: string, { name, sku, reorder_point }: Product, movement: Movement): Mail {
  return {
    to,
    subject: `Low stock: ${sku}`,
    context: { name, sku, reorder_point, on_hand: movement.balance_after },
  };
}

function reasonOf(rejection: LineRejection | undefined, locale: Locale) {
  return rejection ? REASONS[locale][rejection.reason](rejection.requested, rejection.available) : '';
}

/** By language and currency; to make one takes longer than the rest of a mail's text. */
const formats = new Map<string, Intl.NumberFormat>();

function formatOf(locale: Locale, currency: string): Intl.NumberFormat {
  const known = formats.get(locale + currency);
  if (known) return known;
  const format = new Intl.NumberFormat(locale, { style: 'currency', currency });
  formats.set(locale + currency, format);
  return format;
}

/** `amount` in minor units, as people of that language write it. */
export function money(amount: number, currency: string, locale: Locale): string {
  const format = formatOf(locale, currency);
  const digits = format.resolvedOptions().maximumFractionDigits ?? 2;
  return format.format(amount / 10 ** digits);
}

const textTemplates = new Map<string, Handlebars.TemplateDelegate>();

/** The plain text of a mail; the mailer renders its HTML only. @param name language and kind, as `en/order_processed` */
export function textOf(name: string, context: Mail['context']): string {
  let template = textTemplates.get(name);
  if (!template) {
    const source = readFileSync(join(TEMPLATES, `${name}.text.hbs`), 'utf8');
    template = Handlebars.compile(source, { noEscape: true, strict: true });
    textTemplates.set(name, template);
  }
  return template(context);
}
