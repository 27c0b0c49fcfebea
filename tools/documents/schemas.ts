import { envelopeSchema, type EventDefinition } from '@estoque/messaging';
import { z } from 'zod';

/** The part of JSON Schema that zod generates for events. */
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
  event_id: 'UUID v7 if published by the apps. The same for every delivery of the event.',
  occurred_at: 'RFC 3339, UTC.',
  version: "The contract's version.",
};

/** JSON Schema of an event's body, including the envelope fields. */
export function bodySchema({ name, summary, payload }: EventDefinition): JsonSchema {
  const body = z.object({ ...envelopeSchema.shape, event: z.literal(name), ...payload.shape });
  // io: 'input' allows unknown fields, which are ignored.
  const { $schema, ...schema } = z.toJSONSchema(body, { io: 'input' }) as JsonSchema;
  for (const [field, description] of Object.entries(ENVELOPE))
    Object.assign(schema.properties![field]!, { description });
  return { $schema, title: name, description: summary, ...schema };
}

/** Path of an event's schema file. */
export const schemaFile = ({ name, version }: Pick<EventDefinition, 'name' | 'version'>) =>
  `docs/schemas/${name}.v${version}.json`;

const NEVER_RAISED = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const NEVER_LOWERED = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];
const PROSE = ['$schema', '$id', 'title', 'description', 'examples', 'default', 'deprecated'];
const COMPARED = ['type', 'const', 'enum', 'properties', 'required', 'items', 'anyOf'];

/**
 * Compares two schemas of one version. New optional fields, new enum values and wider bounds are compatible.
 *
 * @returns the changes that are incompatible for publishers or consumers that use `before`
 */
export function findIncompatibilities(before: JsonSchema, after: JsonSchema, path = ''): string[] {
  const location = path || 'the body';
  if (before.type !== after.type || !isSame(before.const, after.const))
    return [`the type of ${location} changed`];
  return [
    ...fieldBreaks(before, after, path),
    ...enumBreaks(before, after).map((value) => `${location} no longer accepts ${value}`),
    ...boundBreaks(before, after).map((keyword) => `${location} has a stricter ${keyword}`),
    ...(before.items || after.items
      ? findIncompatibilities(before.items ?? {}, after.items ?? {}, `${path}[]`)
      : []),
    ...anyOfBreaks(before, after).map((index) => `${location} no longer accepts its alternative ${index}`),
    ...otherChanges(before, after).map((keyword) => `${keyword} of ${location} changed`),
  ];
}

function fieldBreaks(before: JsonSchema, after: JsonSchema, path: string): string[] {
  const name = (field: string) => (path ? `${path}.${field}` : field);
  const [oldFields, newFields] = [before.properties ?? {}, after.properties ?? {}];
  const [oldRequired, newRequired] = [before.required ?? [], after.required ?? []];
  return [
    ...Object.keys(oldFields).flatMap((field) =>
      newFields[field]
        ? findIncompatibilities(oldFields[field]!, newFields[field], name(field))
        : [`${name(field)} is removed`],
    ),
    ...newRequired
      .filter((field) => !oldRequired.includes(field))
      .map((field) => `${name(field)} is made required`),
    // Consumers rely on a required field.
    ...oldRequired
      .filter((field) => newFields[field] && !newRequired.includes(field))
      .map((field) => `${name(field)} is made optional`),
  ];
}

function enumBreaks(before: JsonSchema, after: JsonSchema): string[] {
  if (!after.enum) return [];
  if (!before.enum) return ['values outside of an enum'];
  return before.enum.filter((value) => !after.enum!.includes(value)).map((value) => JSON.stringify(value));
}

function boundBreaks(before: JsonSchema, after: JsonSchema): string[] {
  const bound = (schema: JsonSchema, keyword: string, none: number) => Number(schema[keyword] ?? none);
  return [
    ...NEVER_RAISED.filter((key) => bound(after, key, -Infinity) > bound(before, key, -Infinity)),
    ...NEVER_LOWERED.filter((key) => bound(after, key, Infinity) < bound(before, key, Infinity)),
  ];
}

/** @returns the indexes of the alternatives that are no longer accepted */
function anyOfBreaks({ anyOf: before }: JsonSchema, { anyOf: after }: JsonSchema): number[] {
  if (!before || !after) return before || after ? [0] : [];
  return before.flatMap((alternative, index) =>
    after.some((other) => findIncompatibilities(alternative, other).length === 0) ? [] : [index],
  );
}

/** Keywords that are not compared in detail: any change of them counts as incompatible. */
function otherChanges(before: JsonSchema, after: JsonSchema): string[] {
  const known = [...NEVER_RAISED, ...NEVER_LOWERED, ...PROSE, ...COMPARED];
  return [...new Set([...Object.keys(before), ...Object.keys(after)])]
    .filter((keyword) => !known.includes(keyword))
    .filter((keyword) => !isSame(before[keyword], after[keyword]));
}

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
