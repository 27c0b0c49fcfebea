import type { EventDefinition } from '@estoque/messaging';
import { republishersOf, type Wire } from './asyncapi.js';
import { exampleBodies } from './examples.js';
import { code, markdownTable } from './markdown.js';
import { eventsTable } from './sections.js';
import { bodySchema, schemaFile, type JsonSchema } from './schemas.js';

/** docs/events.md: how to read and write the events. */
export function eventsPage(wire: Wire): string {
  const { events, topology } = wire;
  return [
    '<!-- Written by `npm run docs`. -->',
    '# Events',
    `For engineers who publish or consume events. Events are flat JSON messages on the topic exchange ${code(topology.eventsExchange)}. The routing key is the name of the event. Machine-readable: [asyncapi.yaml](asyncapi.yaml) and [schemas](schemas).`,
    eventsTable(wire, ({ name }) => `#${name.replaceAll('.', '')}`),
    'The fields `event_id`, `occurred_at` and `version` are optional: the apps publish them, and process a message without them in the same way. Unknown fields are ignored. Messages published by the apps have the properties `content_type`, `delivery_mode` 2, `message_id` (the `event_id`), `type` (the `event`), `timestamp`, `app_id` and `correlation_id`. Within a version, no field is removed, no field changes its type, and no field becomes required.',
    ...events.map(section),
  ].join('\n\n');
}

function section(event: EventDefinition): string {
  const { name, summary, version, publishedBy, confirmedBy } = event;
  const republishers = republishersOf(event);
  const schema = schemaFile(event).replace('docs/', '');
  return [
    `## ${name}`,
    `${summary} Version ${version}: [schema](${schema}), [contract](../libs/domain/src/events/${name}.ts).`,
    [
      `Published by ${publishedBy.join(', ')}.`,
      republishers.length > 0 && `Republished by the watchdog in ${republishers.join(', ')}.`,
      confirmedBy.length > 0 && `Confirmed by the consumer of ${confirmedBy.map(code).join(', ')}.`,
    ]
      .filter(Boolean)
      .join(' '),
    markdownTable(['field', 'type', '', 'meaning'], fieldRows(bodySchema(event))),
    ['```json', JSON.stringify(exampleBodies(event)[0]!.body, null, 2), '```'].join('\n'),
  ].join('\n\n');
}

function fieldRows({ properties = {}, required = [] }: JsonSchema, prefix = ''): string[][] {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const name = `${prefix}${field}`;
    const presence = required.includes(field) ? 'required' : 'optional';
    const row = [code(name), typeOf(schema), presence, schema.description ?? ''];
    return [row, ...fieldRows(schema, `${name}.`), ...fieldRows(schema.items ?? {}, `${name}[].`)];
  });
}

/** @returns the type of a field in words */
export function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(' or ');
  if (schema.type === 'array')
    return `list${range(schema.minItems, schema.maxItems)} of ${typeOf(schema.items ?? {})}`;
  const unit = schema.type === 'string' ? ' characters' : '';
  const [min, max] =
    schema.type === 'string' ? [schema.minLength, schema.maxLength] : [schema.minimum, schema.maximum];
  return `${schema.type ?? 'anything'}${range(min, max, unit)}`;
}

/** Omits a bound that is only the limit of safe integers in JSON. */
function range(min: unknown, max: unknown, unit = ''): string {
  const [from, to] = [min, max].map((bound) =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  );
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return `, ${from} or more${unit}`;
  return from === undefined ? `, at most ${to}${unit}` : `, ${from} to ${to}${unit}`;
}
