import type { Schema } from './document.js';
import { findSchemaBreaks, type Direction } from './schema-changes.js';

const BOTH: Direction[] = ['request', 'answer'];
/** Directions in which the change breaks clients of `before`. */
const directionsOf = (before: Schema, after: Schema) =>
  BOTH.filter((direction) => findSchemaBreaks(before, after, direction).length > 0);

describe('A change of a keyword', () => {
  it.each<[keyword: string, before: unknown, after: unknown, breaks: Direction[]]>([
    ['type', 'integer', 'string', BOTH],
    ['type', 'integer', 'number', ['answer']],
    ['type', 'number', 'integer', ['request']],
    ['type', undefined, 'string', ['request']],
    ['type', 'string', undefined, ['answer']],
    ['nullable', true, false, ['request']],
    ['nullable', undefined, true, ['answer']],
    ['nullable', undefined, false, []],
    ['enum', ['a', 'b'], ['a'], ['request']],
    ['enum', ['a', 'b'], ['b', 'a', 'c'], ['answer']],
    ['enum', ['a', 'b'], ['b', 'c'], BOTH],
    ['enum', ['a', 'b'], ['b', 'a'], []],
    ['enum', undefined, ['a'], ['request']],
    ['enum', ['a'], undefined, ['answer']],
    ...['minimum', 'minLength', 'minItems', 'minProperties'].flatMap(
      (keyword): [string, unknown, unknown, Direction[]][] => [
        [keyword, 1, 2, ['request']],
        [keyword, 1, 0, ['answer']],
        [keyword, undefined, 0, ['request']],
        [keyword, 0, undefined, ['answer']],
      ],
    ),
    ...['maximum', 'maxLength', 'maxItems', 'maxProperties'].flatMap(
      (keyword): [string, unknown, unknown, Direction[]][] => [
        [keyword, 2, 1, ['request']],
        [keyword, 2, 3, ['answer']],
        [keyword, undefined, 9, ['request']],
        [keyword, 9, undefined, ['answer']],
      ],
    ),
    ...['pattern', 'format', 'multipleOf'].flatMap((keyword): [string, unknown, unknown, Direction[]][] => [
      [keyword, 'a', 'b', BOTH],
      [keyword, undefined, 'a', ['request']],
      [keyword, 'a', undefined, ['answer']],
    ]),
    ['uniqueItems', undefined, true, ['request']],
    ['uniqueItems', true, false, ['answer']],
    ['uniqueItems', false, undefined, []],
    ['default', 20, 10, ['request']],
    ['default', 20, undefined, ['request']],
    ['default', undefined, 20, []],
    ['not', undefined, { type: 'string' }, BOTH],
    ['oneOf', [{ type: 'string' }], [{ type: 'integer' }], BOTH],
    ['anyOf', [{ minimum: 1 }, { minimum: 2 }], [{ minimum: 1 }, { minimum: 3 }], BOTH],
    ['description', 'a', 'b', []],
    ['example', 'a', 'b', []],
    ['x-internal', undefined, true, []],
  ])('%s from %j to %j breaks %j', (keyword, before, after, breaks) => {
    const schemaWith = (value: unknown) => (value === undefined ? {} : { [keyword]: value });
    expect(directionsOf(schemaWith(before), schemaWith(after))).toEqual(breaks);
  });

  it('is reported with both values', () => {
    expect(findSchemaBreaks({ maximum: 9 }, { maximum: 5, pattern: 'a' }, 'request')).toEqual([
      'the value: maximum changed from 9 to 5',
      'the value: pattern changed from undefined to "a"',
    ]);
  });
});

describe('A change of a field', () => {
  const text = { type: 'string' };
  const fields = (properties: Record<string, Schema>, ...required: string[]): Schema => ({
    type: 'object',
    properties,
    required,
  });
  const named = (additionalProperties: Schema['additionalProperties']): Schema => ({
    type: 'object',
    additionalProperties,
  });
  const TYPE = 'type changed from "string" to "integer"';

  it.each<[change: string, before: Schema, after: Schema, request: string[], answer: string[]]>([
    ['removed', fields({ a: text }), fields({}), ['/a is removed'], ['/a is removed']],
    ['removed, required', fields({ a: text }, 'a'), fields({}), ['/a is removed'], ['/a is removed']],
    ['added', fields({}), fields({ a: text }), [], []],
    ['added, required', fields({}), fields({ a: text }, 'a'), ['/a is added and required'], []],
    ['made required', fields({ a: text }), fields({ a: text }, 'a'), ['/a is now required'], []],
    ['made optional', fields({ a: text }, 'a'), fields({ a: text }), [], ['/a is no longer required']],
    [
      'of another type',
      fields({ a: text }),
      fields({ a: { type: 'integer' } }),
      [`/a: ${TYPE}`],
      [`/a: ${TYPE}`],
    ],
    [
      'of another type, in a list of lists',
      { items: { items: fields({ a: text }) } },
      { items: { items: fields({ a: { type: 'integer' } }) } },
      [`/*/*/a: ${TYPE}`],
      [`/*/*/a: ${TYPE}`],
    ],
    [
      'without a name, narrower',
      named(text),
      named({ ...text, maxLength: 1 }),
      ['/*: maxLength changed from undefined to 1'],
      [],
    ],
    ['without a name, wider', named(text), named(true), [], ['/*: type changed from "string" to undefined']],
    [
      'without a name, defined',
      { type: 'object' },
      named(text),
      ['/*: type changed from undefined to "string"'],
      [],
    ],
    ['without a name, removed', named(true), named(false), ['/* is removed'], []],
    ['without a name, replaced by names', named(text), fields({ a: text }), ['/* is removed'], []],
    [
      'within allOf',
      { allOf: [fields({ a: text })] },
      { allOf: [fields({})] },
      ['/a is removed'],
      ['/a is removed'],
    ],
    [
      'merged into allOf',
      { allOf: [fields({ a: text }, 'a'), fields({ b: text })] },
      fields({ a: text, b: text }, 'a'),
      [],
      [],
    ],
    [
      'that an alternative of null has',
      { anyOf: [fields({ a: text }), { enum: [null] }] },
      { ...fields({ a: { type: 'integer' } }), nullable: true },
      [`/a: ${TYPE}`],
      [`/a: ${TYPE}`],
    ],
    [
      'that loses its alternative null',
      { anyOf: [text, { enum: [null] }] },
      text,
      ['the value: nullable changed from true to undefined'],
      [],
    ],
  ])('%s', (_change, before, after, request, answer) => {
    expect(findSchemaBreaks(before, after, 'request')).toEqual(request);
    expect(findSchemaBreaks(before, after, 'answer')).toEqual(answer);
  });
});
