import { Parser } from '@asyncapi/parser';
import { catalogue } from '@estoque/domain';
import { type EventDefinition } from '@estoque/messaging';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { brokenPromises, eventDocuments, events } from '../../tools/documents/events.js';
import { exampleBodies } from '../../tools/documents/examples.js';
import { bodySchema, breaks } from '../../tools/documents/schemas.js';

const root = process.cwd();
/** The parser's severity: 0 is an error, 1 a warning, more is advice. */
const WARNING = 1;

describe('The documents of the events', () => {
  it.each(Object.entries(eventDocuments()))('%s is what the code says today', (file, text) => {
    const stale = !existsSync(file) || readFileSync(file, 'utf8') !== text;
    expect(stale && `${file} is stale: run npm run docs`).toBe(false);
  });

  it('docs/asyncapi.yaml is AsyncAPI, and its examples keep its schemas', async () => {
    const { document, diagnostics } = await new Parser().parse(readFileSync('docs/asyncapi.yaml', 'utf8'));
    const faults = diagnostics.filter(({ severity }) => Number(severity) <= WARNING);
    expect(faults).toEqual([]);
    expect(document!.allOperations().filterBySend()).toHaveLength(
      events.flatMap(({ publishedBy }) => publishedBy).length,
    );
    expect(
      document!
        .allOperations()
        .filterByReceive()
        .flatMap((operation) => operation.messages().map((message) => message.name()!))
        .toSorted(),
    ).toEqual(events.flatMap(({ name, consumedBy }) => consumedBy.map(() => name)).toSorted());
  });

  it.each(events)('an example of $name keeps its schema, and one of another type does not', (event) => {
    const keeps = new Ajv2020().compile(bodySchema(event));
    for (const { body } of exampleBodies(event)) expect(keeps(body)).toBe(true);
    expect(keeps({ ...event.example, event: 'something.else' })).toBe(false);
  });
});

describe('Within a version', () => {
  it('every event keeps what was published (else: its next version)', () => {
    expect(brokenPromises(root)).toEqual([]);
  });

  const rejected = catalogue['order.rejected'];
  const updated = catalogue['stock.updated'];
  const reason = rejected.payload.shape.reasons.element;
  const withReason = (change: z.ZodObject) =>
    rejected.payload.extend({ reasons: z.array(change).min(1) }) as z.ZodObject;
  const itemsOf = (least: number, most: number) =>
    rejected.payload.extend({ items: z.array(rejected.payload.shape.items.element).min(least).max(most) });
  const changed = (event: EventDefinition, payload: z.ZodObject): EventDefinition => ({ ...event, payload });

  const faults: [what: string, event: EventDefinition, payload: z.ZodObject, fault: string][] = [
    ['a field removed', rejected, rejected.payload.omit({ items: true }), 'items is removed'],
    [
      'one deep inside',
      rejected,
      withReason(reason.omit({ available: true })),
      'reasons[].available is removed',
    ],
    ['retyped', rejected, rejected.payload.extend({ order_id: z.string() }), 'order_id is retyped'],
    ['nullable', rejected, rejected.payload.extend({ order_id: z.int().nullable() }), 'order_id is retyped'],
    ['made required', updated, updated.payload.required({ order_id: true }), 'order_id is made required'],
    ['new and required', rejected, rejected.payload.extend({ note: z.string() }), 'note is made required'],
    ['made optional', rejected, rejected.payload.partial({ items: true }), 'items is made optional'],
    [
      'an enum narrowed',
      rejected,
      withReason(reason.extend({ reason: z.enum(['out_of_stock']) })),
      'reasons[].reason no longer takes "product_inactive"',
    ],
    ['fewer at most', rejected, itemsOf(1, 50), 'items has a tighter maxItems'],
    ['more at least', rejected, itemsOf(2, 100), 'items has a tighter minItems'],
    [
      'a bound where there was none',
      updated,
      updated.payload.extend({
        items: z.array(updated.payload.shape.items.element.extend({ on_hand: z.int().min(1) })).min(1),
      }),
      'items[].on_hand has a tighter minimum',
    ],
    [
      'unknown fields forbidden',
      rejected,
      rejected.payload.strict(),
      'the body has another additionalProperties',
    ],
  ];

  it.each(faults)('%s is seen', (_what, event, payload, fault) => {
    const today = changed(event, payload);
    const strict = payload.def.catchall ? { additionalProperties: false } : {};
    expect(breaks(bodySchema(event), { ...bodySchema(today), ...strict })).toContain(fault);
  });

  it('a change and a loss are seen in what is committed', () => {
    const today = events
      .filter(({ name }) => name !== 'stock.updated')
      .map((event) =>
        event.name === rejected.name ? changed(rejected, rejected.payload.omit({ items: true })) : event,
      );
    expect(brokenPromises(root, today)).toEqual([
      'stock.updated is gone',
      'order.rejected v1: items is removed',
    ]);
  });

  it('a new optional field, one more value and a wider bound are welcome', () => {
    const wider = withReason(
      reason.extend({
        reason: z.enum(['out_of_stock', 'product_inactive', 'too_heavy']),
        requested: z.int().min(0),
        note: z.string().optional(),
      }),
    );
    expect(breaks(bodySchema(rejected), bodySchema(changed(rejected, wider)))).toEqual([]);
  });
});
