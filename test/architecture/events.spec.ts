import { Parser } from '@asyncapi/parser';
import { catalogue } from '@estoque/domain';
import { type EventDefinition } from '@estoque/messaging';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { existsSync, readFileSync } from 'node:fs';
import { z } from 'zod';
import { incompatibleChanges, eventDocuments, events } from '../../tools/documents/events.js';
import { republishersOf } from '../../tools/documents/asyncapi.js';
import { exampleBodies } from '../../tools/documents/examples.js';
import { bodySchema, findIncompatibilities } from '../../tools/documents/schemas.js';

const root = process.cwd();
/** Severity of the parser: 0 is an error, 1 a warning; higher numbers are hints. */
const WARNING = 1;

describe('Event documents', () => {
  it.each(Object.entries(eventDocuments()))(
    '%s is up to date with the code (else: npm run docs)',
    (file, text) => {
      const stale = !existsSync(file) || readFileSync(file, 'utf8') !== text;
      expect(stale && `${file} is stale: run npm run docs`).toBe(false);
    },
  );

  it('docs/asyncapi.yaml is valid AsyncAPI, and its examples match its schemas', async () => {
    const { document, diagnostics } = await new Parser().parse(readFileSync('docs/asyncapi.yaml', 'utf8'));
    const problems = diagnostics.filter(({ severity }) => Number(severity) <= WARNING);
    expect(problems).toEqual([]);
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

  it.each(events)(
    'an example of $name matches its schema, and a body with another event name does not',
    (event) => {
      const validate = new Ajv2020().compile(bodySchema(event));
      for (const { body } of exampleBodies(event)) expect(validate(body)).toBe(true);
      expect(validate({ ...event.example, event: 'something.else' })).toBe(false);
    },
  );
});

describe('republishersOf', () => {
  it('returns the apps only for events of open orders and for events that queues confirm', () => {
    expect(republishersOf(catalogue['order.created'])).toEqual(['order-worker']);
    expect(republishersOf(catalogue['order.processed'])).toEqual(['order-worker']);
    expect(republishersOf(catalogue['stock.updated'])).toEqual([]);
    expect(republishersOf({ ...catalogue['stock.updated'], confirmedBy: ['search_queue'] })).toEqual([
      'order-worker',
    ]);
  });
});

describe('Event versions', () => {
  it('are backward compatible with the committed schemas (else: raise the version)', () => {
    expect(incompatibleChanges(root)).toEqual([]);
  });

  const rejected = catalogue['order.rejected'];
  const updated = catalogue['stock.updated'];
  const reason = rejected.payload.shape.reasons.element;
  const withReason = (change: z.ZodObject) =>
    rejected.payload.extend({ reasons: z.array(change).min(1) }) as z.ZodObject;
  const withItemCount = (min: number, max: number) =>
    rejected.payload.extend({ items: z.array(rejected.payload.shape.items.element).min(min).max(max) });
  const changed = (event: EventDefinition, payload: z.ZodObject): EventDefinition => ({ ...event, payload });

  const incompatibilities: [
    description: string,
    event: EventDefinition,
    payload: z.ZodObject,
    problem: string,
  ][] = [
    ['a removed field', rejected, rejected.payload.omit({ items: true }), 'items is removed'],
    [
      'a removed nested field',
      rejected,
      withReason(reason.omit({ available: true })),
      'reasons[].available is removed',
    ],
    [
      'a changed type',
      rejected,
      rejected.payload.extend({ order_id: z.string() }),
      'the type of order_id changed',
    ],
    [
      'a nullable field',
      rejected,
      rejected.payload.extend({ order_id: z.int().nullable() }),
      'the type of order_id changed',
    ],
    [
      'a field made required',
      updated,
      updated.payload.required({ order_id: true }),
      'order_id is made required',
    ],
    [
      'a new required field',
      rejected,
      rejected.payload.extend({ note: z.string() }),
      'note is made required',
    ],
    ['a field made optional', rejected, rejected.payload.partial({ items: true }), 'items is made optional'],
    [
      'a narrowed enum',
      rejected,
      withReason(reason.extend({ reason: z.enum(['out_of_stock']) })),
      'reasons[].reason no longer accepts "product_inactive"',
    ],
    ['a lower maximum of items', rejected, withItemCount(1, 50), 'items has a stricter maxItems'],
    ['a higher minimum of items', rejected, withItemCount(2, 100), 'items has a stricter minItems'],
    [
      'a new minimum',
      updated,
      updated.payload.extend({
        items: z.array(updated.payload.shape.items.element.extend({ on_hand: z.int().min(1) })).min(1),
      }),
      'items[].on_hand has a stricter minimum',
    ],
    [
      'forbidden unknown fields',
      rejected,
      rejected.payload.strict(),
      'additionalProperties of the body changed',
    ],
  ];

  it.each(incompatibilities)('do not allow %s', (_description, event, payload, problem) => {
    const changedEvent = changed(event, payload);
    const strict = payload.def.catchall ? { additionalProperties: false } : {};
    expect(findIncompatibilities(bodySchema(event), { ...bodySchema(changedEvent), ...strict })).toContain(
      problem,
    );
  });

  it('are compared with the committed schemas: a changed and a removed event are reported', () => {
    const changedEvents = events
      .filter(({ name }) => name !== 'stock.updated')
      .map((event) =>
        event.name === rejected.name ? changed(rejected, rejected.payload.omit({ items: true })) : event,
      );
    expect(incompatibleChanges(root, changedEvents)).toEqual([
      'stock.updated is removed',
      'order.rejected v1: items is removed',
    ]);
  });

  it('allow a new optional field, a new enum value and a wider range', () => {
    const wider = withReason(
      reason.extend({
        reason: z.enum([...reason.shape.reason.options, 'too_heavy']),
        requested: z.int().min(0),
        note: z.string().optional(),
      }),
    );
    expect(findIncompatibilities(bodySchema(rejected), bodySchema(changed(rejected, wider)))).toEqual([]);
  });
});
