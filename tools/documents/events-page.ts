import type { EventDefinition } from '@estoque/messaging';
import type { Wire } from './asyncapi.js';
import { exampleBodies } from './examples.js';
import { bodySchema, schemaFile, type JsonSchema } from './schemas.js';

const code = (text: string) => `\`${text}\``;
const table = (head: string[], rows: string[][]) =>
  [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`).join('\n');

/** docs/events.md: what a person needs to read or write our messages. */
export function eventsPage({ events, topology, appOf }: Wire): string {
  const overview = events.map(({ name, publishedBy, summary, consumedBy }) => [
    `[${code(name)}](#${name.replaceAll('.', '')})`,
    publishedBy.join(', '),
    summary,
    consumedBy.map((queue) => `${code(queue)} (${appOf[queue]})`).join(', ') || 'whoever wants to',
  ]);
  return [
    '<!-- Written by `npm run docs`. -->',
    '# The events',
    `Flat JSON on the topic exchange ${code(topology.events)}, by routing key. The same for machines: [asyncapi.yaml](asyncapi.yaml) and [schemas](schemas).`,
    table(['routing key', 'published by', 'when', 'consumed by'], overview),
    'Every event may have `event_id`, `occurred_at` and `version`; ours have them, and a message without them is as good. Unknown fields are ignored. As properties, ours have `content_type`, `delivery_mode` 2, `message_id` (the `event_id`), `type` (the `event`), `timestamp`, `app_id` and `correlation_id`. Within a version, no field is removed, retyped or made required.',
    ...events.map(section),
  ].join('\n\n');
}

function section(event: EventDefinition): string {
  const { name, summary, version } = event;
  const schema = schemaFile(event).replace('docs/', '');
  return [
    `## ${name}`,
    `${summary} Version ${version}: [schema](${schema}), [definition](../libs/domain/src/events/${name}.ts).`,
    table(['field', 'type', '', 'what'], rows(bodySchema(event))),
    ['```json', JSON.stringify(exampleBodies(event)[0]!.body, null, 2), '```'].join('\n'),
  ].join('\n\n');
}

function rows({ properties = {}, required = [] }: JsonSchema, above = ''): string[][] {
  return Object.entries(properties).flatMap(([field, schema]) => {
    const name = `${above}${field}`;
    const need = required.includes(field) ? 'required' : 'optional';
    const own = [code(name), typeOf(schema), need, schema.description ?? ''];
    return [own, ...rows(schema, `${name}.`), ...rows(schema.items ?? {}, `${name}[].`)];
  });
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf) return schema.anyOf.map(typeOf).join(' or ');
  if (schema.const !== undefined) return code(JSON.stringify(schema.const));
  if (schema.enum) return schema.enum.map((value) => code(JSON.stringify(value))).join(' or ');
  if (schema.type === 'array')
    return `list${range(schema.minItems, schema.maxItems)} of ${typeOf(schema.items ?? {})}`;
  const unit = schema.type === 'string' ? ' long' : '';
  const [least, most] =
    schema.type === 'string' ? [schema.minLength, schema.maxLength] : [schema.minimum, schema.maximum];
  return `${schema.type ?? 'anything'}${range(least, most, unit)}`;
}

/** Where a bound is only what a JSON number can hold, it is none. */
function range(least: unknown, most: unknown, unit = ''): string {
  const [from, to] = [least, most].map((bound) =>
    typeof bound === 'number' && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined,
  );
  if (from === undefined && to === undefined) return '';
  if (to === undefined) return `, ${from} or more${unit}`;
  return from === undefined ? `, at most ${to}${unit}` : `, ${from} to ${to}${unit}`;
}
