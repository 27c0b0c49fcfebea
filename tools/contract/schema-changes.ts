import type { Schema } from './document.js';

/** `request`: clients send values of the schema. `answer`: they receive them. */
export type Direction = 'request' | 'answer';

type IsNarrower = (wide: unknown, narrow: unknown) => boolean;

const isSame = (a: unknown, b: unknown) => JSON.stringify(a) === JSON.stringify(b);
const adds: IsNarrower = (wide, narrow) => narrow !== undefined && !isSame(wide, narrow);
const raises: IsNarrower = (wide, narrow) => Number(narrow ?? -Infinity) > Number(wide ?? -Infinity);
const lowers: IsNarrower = (wide, narrow) => Number(narrow ?? Infinity) < Number(wide ?? Infinity);

/** Whether the value of a keyword allows less in `narrow` than in `wide`. Undefined: the schema lacks the keyword. */
const IS_NARROWER: Record<string, IsNarrower> = {
  type: (wide, narrow) => adds(wide, narrow) && !(wide === 'integer' && narrow === 'number'),
  nullable: (wide, narrow) => wide === true && narrow !== true,
  enum: (wide, narrow) =>
    Array.isArray(narrow) && !(Array.isArray(wide) && wide.every((value) => narrow.includes(value))),
  minimum: raises,
  minLength: raises,
  minItems: raises,
  minProperties: raises,
  maximum: lowers,
  maxLength: lowers,
  maxItems: lowers,
  maxProperties: lowers,
  pattern: adds,
  format: adds,
  multipleOf: adds,
  uniqueItems: (wide, narrow) => narrow === true && wide !== true,
};

const COMPARED_IN_DETAIL = ['properties', 'required', 'items', 'additionalProperties', 'default'];
const PROSE = ['title', 'description', 'example', 'examples', 'deprecated', 'externalDocs'];

/**
 * Compares two schemas without references.
 *
 * @param path of the compared value, as a JSON pointer; `*` is any element or any name
 * @returns the changes that break clients of `before`
 */
export function findSchemaBreaks(
  beforeSchema: Schema,
  afterSchema: Schema,
  direction: Direction,
  path = '',
): string[] {
  const [before, after] = [simplify(beforeSchema), simplify(afterSchema)];
  const name = path || 'the value';
  return [
    ...keywordBreaks(before, after, direction).map(
      (keyword) =>
        `${name}: ${keyword} changed from ${JSON.stringify(before[keyword])} to ${JSON.stringify(after[keyword])}`,
    ),
    ...fieldBreaks(before, after, direction, path),
    ...(before.items || after.items
      ? findSchemaBreaks(before.items ?? {}, after.items ?? {}, direction, `${path}/*`)
      : []),
    ...namelessFieldBreaks(before, after, direction, path),
  ];
}

/** @returns the keywords that allow less in a request, or more in an answer */
function keywordBreaks(before: Schema, after: Schema, direction: Direction): string[] {
  const keywords = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (keyword) => ![...COMPARED_IN_DETAIL, ...PROSE].includes(keyword) && !keyword.startsWith('x-'),
  );
  const [wide, narrow] = direction === 'request' ? [before, after] : [after, before];
  const breaks = keywords.filter((keyword) => {
    // Any change of a keyword without a rule counts as breaking.
    const isNarrower = IS_NARROWER[keyword] ?? ((a, b) => !isSame(a, b));
    return isNarrower(wide[keyword], narrow[keyword]);
  });
  // A client that omits the value relies on the default.
  const isDefaultChanged = before.default !== undefined && !isSame(before.default, after.default);
  return direction === 'request' && isDefaultChanged ? [...breaks, 'default'] : breaks;
}

function fieldBreaks(before: Schema, after: Schema, direction: Direction, path: string): string[] {
  const [oldFields, newFields] = [before.properties ?? {}, after.properties ?? {}];
  const isRequired = ({ required = [] }: Schema, field: string) => required.includes(field);
  const changed = Object.entries(oldFields).flatMap(([field, schema]) => {
    const name = `${path}/${field}`;
    const newSchema = newFields[field];
    // The API refuses unknown fields, so a client that sends a removed one is refused.
    if (!newSchema) return [`${name} is removed`];
    const [wasRequired, isNowRequired] = [isRequired(before, field), isRequired(after, field)];
    const isBroken = direction === 'request' ? !wasRequired && isNowRequired : wasRequired && !isNowRequired;
    return [
      ...(isBroken ? [`${name} is ${isNowRequired ? 'now' : 'no longer'} required`] : []),
      ...findSchemaBreaks(schema, newSchema, direction, name),
    ];
  });
  const added = Object.keys(newFields).filter((field) => !oldFields[field] && isRequired(after, field));
  return direction === 'request'
    ? [...changed, ...added.map((field) => `${path}/${field} is added and required`)]
    : changed;
}

/** Compares the fields that a schema allows without naming them. */
function namelessFieldBreaks(before: Schema, after: Schema, direction: Direction, path: string): string[] {
  const [oldSchema, newSchema] = [schemaOfOtherFields(before), schemaOfOtherFields(after)];
  if (oldSchema && newSchema) return findSchemaBreaks(oldSchema, newSchema, direction, `${path}/*`);
  return direction === 'request' && oldSchema ? [`${path}/* is removed`] : [];
}

/** @returns undefined if there are no other fields: bodies of the API have only the fields that their schema names */
function schemaOfOtherFields({ type, properties, additionalProperties }: Schema): Schema | undefined {
  if (typeof additionalProperties === 'object') return additionalProperties;
  const isOpen = additionalProperties ?? (type === 'object' && !properties);
  return isOpen ? {} : undefined;
}

/** Merges `allOf`, and replaces an alternative that is only null by `nullable`. */
function simplify({ allOf, anyOf, ...schema }: Schema): Schema {
  const values = anyOf?.filter((alternative) => !isSame(alternative.enum, [null]));
  if (anyOf && values?.length === 1) {
    const nullable = schema.nullable === true || values.length < anyOf.length;
    return simplify({ ...schema, ...(nullable && { nullable }), allOf: [...(allOf ?? []), ...values] });
  }
  const parts = (allOf ?? []).map(simplify);
  const fields = [...parts, schema].map(({ properties }) => properties).filter((part) => part !== undefined);
  const required = [...parts, schema].flatMap((part) => part.required ?? []);
  return {
    ...(Object.assign({}, ...parts) as Schema),
    ...schema,
    ...(anyOf && { anyOf }),
    ...(fields.length > 0 && { properties: Object.assign({}, ...fields) as Record<string, Schema> }),
    ...(required.length > 0 && { required }),
  };
}
