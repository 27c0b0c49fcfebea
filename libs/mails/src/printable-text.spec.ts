import { printableName, printableReference } from './printable-text.js';

describe('printableName', () => {
  it.each([
    'Ana Souza',
    'María José O’Brien-García',
    "Ana D'Ávila",
    'J. R. R. Tolkien',
    'Maria da Silva e Souza',
    'Dr. Müller',
    '李小龍',
    'Екатерина Великая',
    'अनुष्का शर्मा',
    'X',
  ])('accepts the name %s', (name) => expect(printableName(name)).toBe(name));

  it('removes spaces at the ends', () => expect(printableName('  Ana Souza ')).toBe('Ana Souza'));

  it.each([
    ['a URL', 'https://evil.example'],
    ['a host name', 'evil.example'],
    ['a host name within other words', 'Visit evil.example now'],
    ['a short host name', 'go to t.co'],
    ['a host name with another full stop', 'evil\u3002example'],
    ['an address', 'ana@evil.example'],
    ['a path', 'evil/prize'],
    ['a telephone number', 'Call 5555 0199'],
    ['digits of another script', 'Call ٥٥٥٥'],
    ['a line break', 'Ana\nBcc: all@example.com'],
    ['a NUL', 'Ana\0'],
    ['an escape sequence', 'Ana\u001b[31m'],
    ['a control of the direction of text', 'Ana\u202eazuoS'],
    ['an invisible character', 'Ana\u200bSouza'],
    ['markup', '<b>Ana</b>'],
    ['a template expression', '{{customer}}'],
    ['more than 40 characters', 'A'.repeat(41)],
    ['more than five words', 'You have won a big prize'],
    ['several spaces', 'Ana   Souza'],
    ['an emoji', 'Ana 🎁'],
    ['marks without a letter', '\u0301\u0301'],
    ['nothing', ' '],
  ])('refuses %s', (_, name) => expect(printableName(name)).toBeUndefined());
});

describe('printableReference', () => {
  it.each(['PO-2026-118', 'PO-2026/118', '#118', 'Pedido 118', 'bestelling_7', '4500012345', '注文118'])(
    'accepts the reference %s',
    (reference) => expect(printableReference(reference)).toBe(reference),
  );

  it.each([
    ['a URL', 'https://evil.example/7'],
    ['a host name', 'evil7.example'],
    ['an IP address', '192.0.2.7'],
    ['an address', 'ana7@evil.example'],
    ['a line break', 'PO\n118'],
    ['markup', '<118>'],
    ['no digit', 'urgent'],
    ['more than two words', 'you won 118'],
    ['more than 40 characters', '1'.repeat(41)],
    ['a control of the direction of text', 'PO\u202e118'],
  ])('refuses %s', (_, reference) => expect(printableReference(reference)).toBeUndefined());
});
