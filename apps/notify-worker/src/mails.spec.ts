import type { OrderDetails } from '@estoque/domain';
import Handlebars from 'handlebars';
import { readFileSync } from 'node:fs';
import { formatMoney, orderMail, renderText, TEMPLATES } from './mails.js';

/** Replaces the no-break spaces that Intl writes. */
const withPlainSpaces = (text: string) => text.replaceAll('\u00a0', ' ');

describe('formatMoney', () => {
  it.each([
    [123_456, 'BRL', 'pt-BR', 'R$ 1.234,56'],
    [123_456, 'BRL', 'en', 'R$1,234.56'],
    [123_456, 'USD', 'en', '$1,234.56'],
    [123_456, 'USD', 'pt-BR', 'US$ 1.234,56'],
    // JPY has no minor unit.
    [123_456, 'JPY', 'en', '¥123,456'],
    [123_456, 'JPY', 'pt-BR', 'JP¥ 123.456'],
    [0, 'BRL', 'pt-BR', 'R$ 0,00'],
    [5, 'USD', 'en', '$0.05'],
  ] as const)('formats %s minor units of %s in %s', (amount, currency, locale, text) => {
    expect(withPlainSpaces(formatMoney(amount, currency, locale))).toBe(text);
  });
});

describe('orderMail', () => {
  const order = {
    id: 123,
    customer_name: 'Ana Souza',
    customer_email: 'ana@example.com',
    locale: 'pt-BR',
    currency: 'BRL',
    total: 7_470,
    rejection: [{ product_id: 10, reason: 'out_of_stock', requested: 2, available: 1 }],
    lines: [
      { product_id: 10, sku: 'CAF-250', name: 'Café', quantity: 2, unit_price: 2_490 },
      { product_id: 11, sku: 'FIL-1', name: 'Filtro', quantity: 1, unit_price: 2_490 },
    ],
  } as OrderDetails;

  it('lists each line with its amount, and the reason if the line was rejected', () => {
    const { to, subject, context } = orderMail('order_rejected', order);
    expect(to).toEqual({ name: 'Ana Souza', address: 'ana@example.com' });
    expect(subject).toBe('Não foi possível atender seu pedido 123');
    const { total, lines } = context as { total: string; lines: { amount: string; reason: string }[] };
    expect(withPlainSpaces(total)).toBe('R$ 74,70');
    expect(lines.map(({ amount, reason }) => [withPlainSpaces(amount), reason])).toEqual([
      ['R$ 49,80', 'quantidade pedida: 2, disponível: 1'],
      ['R$ 24,90', ''],
    ]);
  });

  it.each([
    ['en', 'Your reference: PO & <118>'],
    ['pt-BR', 'Sua referência: PO & <118>'],
  ] as const)('shows the reference of the order in %s if it has one', (locale, text) => {
    for (const kind of ['order_processed', 'order_rejected', 'order_cancelled'] as const) {
      const { context } = orderMail(kind, { ...order, locale, reference: 'PO & <118>' });
      const render = Handlebars.compile(readFileSync(`${TEMPLATES}/${locale}/${kind}.hbs`, 'utf8'));
      expect(renderText(`${locale}/${kind}`, context)).toContain(`\n${text}\n`);
      expect(render(context)).toContain(
        `<p>${text.replace('&', '&amp;').replace('<118>', '&lt;118&gt;')}</p>`,
      );
      const { context: without } = orderMail(kind, { ...order, locale, reference: null });
      expect(renderText(`${locale}/${kind}`, without) + render(without)).not.toMatch(/reference|referência/);
    }
  });

  it('uses the language of the order', () => {
    expect(orderMail('order_processed', { ...order, locale: 'en', rejection: null }).subject).toBe(
      'Your order 123 is confirmed',
    );
  });
});
