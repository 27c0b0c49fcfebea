import type { OrderDetails } from '@estoque/domain';
import { money, orderMail } from './mails.js';

/** Intl writes a space that does not break. */
const plain = (text: string) => text.replaceAll('\u00a0', ' ');

describe('Money, from minor units', () => {
  it.each([
    [123_456, 'BRL', 'pt-BR', 'R$ 1.234,56'],
    [123_456, 'BRL', 'en', 'R$1,234.56'],
    [123_456, 'USD', 'en', '$1,234.56'],
    [123_456, 'USD', 'pt-BR', 'US$ 1.234,56'],
    // A yen has no cents.
    [123_456, 'JPY', 'en', '¥123,456'],
    [123_456, 'JPY', 'pt-BR', 'JP¥ 123.456'],
    [0, 'BRL', 'pt-BR', 'R$ 0,00'],
    [5, 'USD', 'en', '$0.05'],
  ] as const)('%s %s in %s', (amount, currency, locale, text) => {
    expect(plain(money(amount, currency, locale))).toBe(text);
  });
});

describe('A mail about an order', () => {
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

  it('names each line with its amount, and the reason where one stands in the way', () => {
    const { to, subject, context } = orderMail('order_rejected', order);
    expect(to).toEqual({ name: 'Ana Souza', address: 'ana@example.com' });
    expect(subject).toBe('Não foi possível atender seu pedido 123');
    const { total, lines } = context as { total: string; lines: { amount: string; reason: string }[] };
    expect(plain(total)).toBe('R$ 74,70');
    expect(lines.map(({ amount, reason }) => [plain(amount), reason])).toEqual([
      ['R$ 49,80', '2 pedido(s), 1 disponível(is)'],
      ['R$ 24,90', ''],
    ]);
  });

  it('is in the language of its order', () => {
    expect(orderMail('order_processed', { ...order, locale: 'en', rejection: null }).subject).toBe(
      'Your order 123 is confirmed',
    );
  });
});
