import { envelopeSchema, type EventDefinition } from '@estoque/messaging';
import { z } from 'zod';

/** As much of JSON Schema as zod writes for what may be in an event. */
export interface JsonSchema {
  [keyword: string]: unknown;
  type?: string;
  description?: string;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  items?: JsonSchema;
  anyOf?: JsonSchema[];
}

const ENVELOPE: Record<string, string> = {
  event: 'Repeats the routing key.',
  event_id: 'A UUID v7 in ours; the same however often the event arrives.',
  occurred_at: 'RFC 3339, UTC.',
  version: "The contract's version.",
};

/** The body of an event, envelope included, as anyone may publish it. */
export function bodySchema({ name, summary, payload }: EventDefinition): JsonSchema {
  const body = z.object({ ...envelopeSchema.shape, event: z.literal(name), ...payload.shape });
  // 'input': unknown fields are ignored, so they are not forbidden.
  const { $schema, ...schema } = z.toJSONSchema(body, { io: 'input' }) as JsonSchema;
  for (const [field, description] of Object.entries(ENVELOPE))
    Object.assign(schema.properties![field]!, { description });
  return { $schema, title: name, description: summary, ...schema };
}

/** Where both the name and the version of a schema are read. */
export const schemaFile = ({ name, version }: Pick<EventDefinition, 'name' | 'version'>) =>
  `docs/schemas/${name}.v${version}.json`;

const NEVER_RAISED = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const NEVER_LOWERED = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const PROSE = ['$schema', '$id', 'title', 'description', 'examples', 'default', 'deprecated'];
const COMPARED = ['type', 'const', 'enum', 'properties', 'required', 'items', 'anyOf'];

/**
 * What stands between two schemas of one version: whoever publishes as `before` says, or reads what it
 * promises, must not notice that it is `after` now. New optional fields and new enum values are no faults.
 */
export function breaks(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  const at = path || 'the body';
  if (before.type !== after.type || !isSame(before.const, after.const)) return [`${at} is retyped`];
  return [
    ...fieldBreaks(before, after, path),
    ...enumBreaks(before, after).map((value) => `${at} no longer takes ${value}`),
    ...boundBreaks(before, after).map((keyword) => `${at} has a tighter ${keyword}`),
    ...(before.items || after.items ? breaks(before.items ?? {}, after.items ?? {}, `${path}[]`) : []),
    ...anyOfBreaks(before, after).map((which) => `${at} no longer takes its alternative ${which}`),
    ...otherwiseChanged(before, after).map((keyword) => `${at} has another ${keyword}`),
  ];
}

function fieldBreaks(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const name = (field: string) => (path ? `${path}.${field}` : field);
  const [old, now] = [before.properties ?? {}, after.properties ?? {}];
  const [needed, needs] = [before.required ?? [], after.required ?? []];
  return [
    ...Object.keys(old).flatMap((field) =>
      now[field] ? breaks(old[field]!, now[field], name(field)) : [`${name(field)} is removed`],
    ),
    ...needs.filter((field) => !needed.includes(field)).map((field) => `${name(field)} is made required`),
    // Its readers rely on it.
    ...needed
      .filter((field) => now[field] && !needs.includes(field))
      .map((field) => `${name(field)} is made optional`),
  ];
}

function enumBreaks(before: JsonSchema, after: JsonSchema): string[] {
  if (!after.enum) return [];
  if (!before.enum) return ['just anything'];
  return before.enum.filter((value) => !after.enum!.includes(value)).map((value) => JSON.stringify(value));
}

function boundBreaks(before: JsonSchema, after: JsonSchema): string[] {
  const bound = (schema: JsonSchema, keyword: string, none: number) => Number(schema[keyword] ?? none);
  return [
    ...NEVER_RAISED.filter((key) => bound(after, key, -Infinity) > bound(before, key, -Infinity)),
    ...NEVER_LOWERED.filter((key) => bound(after, key, Infinity) < bound(before, key, Infinity)),
  ];
}

function anyOfBreaks({ anyOf: old }: JsonSchema, { anyOf: now }: JsonSchema): number[] {
  if (!old || !now) return old || now ? [0] : [];
  return old.flatMap((each, index) => (now.some((other) => breaks(each, other).length === 0) ? [] : [index]));
}

/** Of a keyword that nobody taught us to compare, any change is one too many. */
function otherwiseChanged(before: JsonSchema, after: JsonSchema): string[] {
  const known = [...NEVER_RAISED, ...NEVER_LOWERED, ...PROSE, ...COMPARED];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((keyword) => !known.includes(keyword))
    .filter((keyword) => !isSame(before[keyword], after[keyword]));
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
