import type { Random } from '../faults/random.js';
import type { ApiDocument, Schema } from '../support/openapi.js';

/** Text of JSON that is inserted unchanged: numbers and nesting that JSON.stringify cannot produce. */
export class RawJson {
  constructor(readonly text: string) {}
}

const nested = (depth: number, open: string, close: string) =>
  new RawJson(open.repeat(depth) + (open.endsWith(':') ? '1' : '') + close.repeat(depth));

const TEXTS = [
  '',
  ' ',
  '\0',
  'a\0b',
  'line\nbreak',
  'a\r\nBcc: x@example.com',
  '\u202e\u200b\ufeff',
  '\ud800',
  'é'.normalize('NFD'),
  '😀'.repeat(50),
  "'; DROP TABLE orders; --",
  '{{7*7}}${7*7}<%= 7 %>',
  '<script>alert(1)</script>',
  '../../../../etc/passwd',
  '%00%2e%2e%2f',
  'null',
  'undefined',
  'NaN',
  'true',
  '__proto__',
  'constructor',
  'x'.repeat(256),
  'x'.repeat(5_000),
  'a@b',
  'a b@example.com',
  '"a\tb"@example.com',
  'a@[127.0.0.1]',
  `${'a'.repeat(65)}@example.com`,
];
const NUMBERS = [
  '0',
  '-0',
  '-1',
  '1.5',
  '1e3',
  '1e400',
  '-1e400',
  '0.1e-400',
  '2147483647',
  '2147483648',
  '9007199254740991',
  '9007199254740992',
  '9223372036854775807',
  '9223372036854775808',
  '1'.repeat(400),
];
const DATES = [
  '2026-01-15T12:00:00Z',
  '2026-01-15T12:00:00.123456789+14:00',
  '2026-W10',
  '2026-W10-1',
  '20260101',
  '2026-01-01T10',
  '2026-060',
  '2026-02-30T00:00:00Z',
  '2026-13-01',
  '2016-12-31T23:59:60Z',
  '0000-00-00T00:00:00Z',
  '-271821-04-20T00:00:00Z',
  '+275760-09-13T00:00:00.001Z',
  '9999-12-31T23:59:59Z',
  '1',
  'now',
  'infinity',
];
/** Values of the header If-Match: of versions that an order or product can have. */
const TAGS = ['*', '"1"', '"2"', '"3"', '"1", "2","3" ,\t"4"', 'W/"0", "1"'];
/** Values of the header If-Match that no order or product matches: other tags, and what is no list of tags. */
export const REFUSED_TAGS = [
  '"999999"',
  '"9999999999"',
  '"0"',
  '"01"',
  '"-1"',
  '"1.0"',
  '"x"',
  '""',
  'W/"1"',
  '',
  '1',
  '"1',
  '1"',
  '"1"2',
  '"1",',
  ',',
  '"1";"1"',
  'w/"1"',
  '*, "1"',
  '"1", *',
  '**',
  '"a b"',
  "'1'",
  'null',
  `"${'9'.repeat(5_000)}"`,
  Array.from({ length: 1_000 }, () => '"1"').join(','),
  '"'.repeat(999),
  `${'W/"1", '.repeat(140)}x`,
];
export const PROTOTYPE_NAMES = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
];

const STRUCTURES: unknown[] = [
  null,
  true,
  [],
  {},
  [null],
  [[[]]],
  { length: 1e9 },
  { toString: 1 },
  { toJSON: null },
  nested(3_000, '[', ']'),
  nested(3_000, '{"a":', '}'),
  new RawJson('{"a":1,"a":2}'),
];

/** @returns a value of a kind that breaks programs: of any type, size and depth */
export function hostileValue(random: Random): unknown {
  const kind = random.next();
  if (kind < 0.35) return random.pick(TEXTS);
  if (kind < 0.6) return new RawJson(random.pick(NUMBERS));
  if (kind < 0.75) return random.pick(DATES);
  return random.pick(STRUCTURES);
}

/** @returns a date in one of many notations, most of them not RFC 3339 */
export const hostileDate = (random: Random): string => random.pick(DATES);

/** @returns a value of the header If-Match, possibly one that cannot match */
export function entityTag(random: Random, isHostile: boolean): string {
  if (!isHostile || random.next() < 0.4) return random.pick(TAGS);
  if (random.next() < 0.7) return random.pick(REFUSED_TAGS);
  // Only characters that a header may contain.
  return hostileText(random).replaceAll(/[^ -~\x80-\xff]/g, '');
}

/** @returns hostile text for a URL or a header */
export function hostileText(random: Random): string {
  return random.pick([TEXTS, NUMBERS, DATES][random.between(0, 2)]!);
}

/** Generates valid values of a schema, and values next to its bounds. */
export class ValueGenerator {
  constructor(
    private readonly document: ApiDocument,
    private readonly random: Random,
    /** @returns a valid value for a field that refers to something that exists, or undefined */
    private readonly known: (field: string) => unknown,
  ) {}

  valid(schema: Schema, field = ''): unknown {
    const { random } = this;
    const known = this.known(field);
    if (known !== undefined) return known;
    const {
      type,
      enum: values,
      example,
      items,
      properties,
      required = [],
      ...bounds
    } = this.document.resolve(schema);
    if (values) return random.pick(values);
    if (type === 'array')
      return Array.from({ length: random.between(bounds.minItems ?? 0, 3) }, () => this.valid(items!, field));
    if (properties) {
      const present = Object.entries(properties).filter(
        ([name]) => required.includes(name) || random.next() < 0.5,
      );
      return Object.fromEntries(present.map(([name, value]) => [name, this.valid(value, name)]));
    }
    if (type === 'integer' || type === 'number')
      return random.between(bounds.minimum ?? 1, Math.min(bounds.maximum ?? 100, 100));
    if (type === 'boolean') return random.next() < 0.9;
    return example ?? 'text';
  }

  /** @returns a value just inside or just outside a bound of the schema */
  nearlyValid(schema: Schema): unknown {
    const { random } = this;
    const { minimum, maximum, minLength, maxLength, minItems, maxItems, items, example } =
      this.document.resolve(schema);
    const offset = random.between(-1, 1);
    const candidates: unknown[] = [];
    for (const bound of [minimum, maximum]) if (bound !== undefined) candidates.push(bound + offset);
    for (const bound of [minLength, maxLength])
      if (bound !== undefined) candidates.push('x'.repeat(Math.max(0, Math.min(bound + offset, 10_000))));
    for (const bound of [minItems, maxItems])
      if (bound !== undefined)
        candidates.push(
          Array.from({ length: Math.max(0, Math.min(bound + offset, 1_001)) }, () => this.valid(items!)),
        );
    candidates.push(String(example), [example], null);
    return random.pick(candidates);
  }
}

/** Encodes a value as JSON, with RawJson unchanged. */
export function encodeJson(value: unknown): string {
  if (value instanceof RawJson) return value.text;
  if (Array.isArray(value)) return `[${value.map(encodeJson).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}:${encodeJson(field)}`);
  return `{${fields.join(',')}}`;
}

type Container = Record<string, unknown> | unknown[];

/** @returns a copy of a JSON value in which one field is replaced, removed, added or copied */
export function mutate(value: unknown, random: Random, replacement: () => unknown): unknown {
  if (typeof value !== 'object' || value === null || value instanceof RawJson) return replacement();
  const copy = (Array.isArray(value) ? [...(value as unknown[])] : { ...value }) as Container;
  const names = Object.keys(copy);
  const fields = copy as Record<string, unknown>;
  const kind = random.next();
  if (kind < 0.05) return replacement();
  if (kind < 0.2 && !Array.isArray(copy))
    Object.defineProperty(copy, random.pick([...PROTOTYPE_NAMES, 'unknown_field', '']), {
      value: replacement(),
      enumerable: true,
      configurable: true,
    });
  else if (names.length > 0) {
    const name = random.pick(names);
    if (kind < 0.35) delete fields[name];
    else if (kind < 0.65) fields[name] = replacement();
    else fields[name] = mutate(fields[name], random, replacement);
  }
  return copy;
}
