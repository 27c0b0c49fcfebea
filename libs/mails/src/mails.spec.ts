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
    reference: null,
    currency: 'BRL',
    total: 7_470,
    rejection: [{ product_id: 10, reason: 'out_of_stock', requested: 2, available: 1 }],
    lines: [
      { product_id: 10, sku: 'CAF-250', name: 'Café', quantity: 2, shipped: 1, unit_price: 2_490 },
      { product_id: 11, sku: 'FIL-1', name: 'Filtro', quantity: 1, shipped: 0, unit_price: 2_490 },
    ],
    shipments: [
      {
        id: 17,
        carrier: 'Correios',
        tracking_number: 'QB123<5BR',
        lines: [{ product_id: 10, quantity: 1 }],
        created_at: new Date(0),
      },
    ],
    returns: [
      {
        id: 9,
        reason: 'too small',
        restocked: true,
        amount: 2_490,
        lines: [{ product_id: 10, quantity: 1 }],
        created_at: new Date(0),
      },
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

  const KINDS = [
    'order_processed',
    'order_rejected',
    'order_cancelled',
    'order_shipped',
    'order_returned',
    'order_refunded',
    'payment_failed',
  ] as const;
  const SUBJECTS: Partial<Record<(typeof KINDS)[number], number>> = { order_shipped: 17, order_returned: 9 };
  /** @returns the text and the HTML of a mail */
  function renderMail(kind: (typeof KINDS)[number], fields: Partial<OrderDetails>) {
    const { locale, ...mailed } = { ...order, ...fields };
    const { context } = orderMail(kind, { ...mailed, locale }, SUBJECTS[kind]);
    const render = Handlebars.compile(readFileSync(`${TEMPLATES}/${locale}/${kind}.hbs`, 'utf8'), {
      strict: true,
    });
    return { text: renderText(`${locale}/${kind}`, context), html: render(context) };
  }

  it.each([
    ['en', 'Your reference: PO-2026/118'],
    ['pt-BR', 'Sua referência: PO-2026/118'],
  ] as const)('shows the reference of the order in %s if it has one', (locale, line) => {
    for (const kind of KINDS) {
      const { text, html } = renderMail(kind, { locale, reference: 'PO-2026/118' });
      expect(text).toContain(`\n${line}\n`);
      expect(html).toContain(`<p>${line}</p>`);
      for (const reference of [null, 'Visit evil.example 118']) {
        const without = renderMail(kind, { locale, reference });
        expect(without.text + without.html).not.toMatch(/reference|referência|evil/);
      }
    }
  });

  it.each([
    ['en', /^Hello Ana Souza,\n/, /Hello Ana Souza, /, /^Hello,\n/, /Hello, /],
    ['pt-BR', /^Olá, Ana Souza!\n/, /Olá, Ana Souza! /, /^Olá!\n/, /Olá! /],
  ] as const)(
    'greets the customer in %s, without a name if it could be a message',
    (locale, text, html, textWithout, htmlWithout) => {
      for (const kind of KINDS) {
        const named = renderMail(kind, { locale });
        expect(named.text).toMatch(text);
        expect(named.html).toMatch(html);
        const unnamed = renderMail(kind, { locale, customer_name: 'Visit evil.example' });
        expect(unnamed.text).toMatch(textWithout);
        expect(unnamed.html).toMatch(htmlWithout);
        expect(unnamed.text + unnamed.html).not.toContain('evil');
      }
      const { to } = orderMail('order_processed', { ...order, customer_name: 'Visit evil.example' });
      expect(to).toEqual({ name: '', address: 'ana@example.com' });
    },
  );

  it.each([
    ['en', /refunded R\$ ?24\.90 of your order 123/],
    ['pt-BR', /Reembolsamos R\$ ?24,90 do seu pedido 123/],
  ] as const)('names the amount of the refund in %s', (locale, sentence) => {
    const { context } = orderMail('order_refunded', { ...order, locale }, 5, 2_490);
    const text = renderText(`${locale}/order_refunded`, context);
    expect(withPlainSpaces(text)).toMatch(sentence);
    expect(text).not.toContain('CAF-250');
  });

  it('escapes the name of a product in HTML', () => {
    const lines = [{ ...order.lines[0]!, name: 'Chá <verde> & "preto"' }];
    // A mail about a refund names no product.
    for (const kind of KINDS.filter((name) => name !== 'order_refunded')) {
      const { text, html } = renderMail(kind, { lines });
      expect(text).toContain('Chá <verde> & "preto"');
      expect(html).toContain('Chá &lt;verde&gt; &amp; &quot;preto&quot;');
    }
  });

  it.each([
    ['en', /Carrier: Correios/, /Tracking number: /, /follows in another shipment/],
    ['pt-BR', /Transportadora: Correios/, /Código de rastreamento: /, /segue em outra remessa/],
  ] as const)(
    'lists the items of the shipment only in %s, with carrier and tracking number if there are any',
    (locale, carrier, tracking, rest) => {
      const { text, html } = renderMail('order_shipped', { locale });
      for (const part of [text, html]) {
        expect(part).toMatch(carrier);
        expect(part).toMatch(tracking);
        expect(part.replaceAll(/\s+/g, ' ')).toMatch(rest);
        expect(part).toContain('CAF-250');
        expect(part).not.toContain('FIL-1');
        expect(withPlainSpaces(part)).toMatch(/R\$ ?24[.,]90/);
      }
      expect(text).toContain('QB123<5BR');
      expect(html).toContain('QB123&lt;5BR');

      const lines = order.lines.map((line) => ({ ...line, shipped: line.quantity }));
      const first = { ...order.shipments[0]!, carrier: null, tracking_number: null };
      const items = order.lines.map(({ product_id }) => ({ product_id, quantity: 1 }));
      const later = { ...first, id: first.id + 1, lines: items };
      // The mail about the first shipment can be written after the second.
      const early = renderMail('order_shipped', { locale, lines, shipments: [first, later] });
      const last = renderMail('order_shipped', { locale, lines, shipments: [{ ...later, id: 16 }, first] });
      for (const part of [early.text, early.html]) expect(part.replaceAll(/\s+/g, ' ')).toMatch(rest);
      for (const part of [last.text, last.html])
        for (const absent of [carrier, tracking, rest])
          expect(part.replaceAll(/\s+/g, ' ')).not.toMatch(absent);
    },
  );

  it('lists the items of the return only, without the reason', () => {
    const { text, html } = renderMail('order_returned', { locale: 'en' });
    for (const part of [text, html]) {
      expect(part).toContain('CAF-250');
      expect(part).not.toContain('FIL-1');
      expect(part).not.toContain('too small');
    }
  });

  it('uses the language of the order', () => {
    expect(orderMail('order_processed', { ...order, locale: 'en', rejection: null }).subject).toBe(
      'Your order 123 is confirmed',
    );
  });
});
