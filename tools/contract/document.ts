/** The part of OpenAPI 3.0 that the API's document uses. */
export interface OpenApi {
  openapi: string;
  info: { version: string };
  paths: Record<string, Record<string, Operation>>;
  components?: object;
  security?: SecurityRequirement[];
}

export interface Operation {
  operationId: string;
  deprecated?: boolean;
  /** First day on which the operation may be removed, as YYYY-MM-DD. */
  'x-sunset'?: string;
  'x-required-scope'?: string;
  /** `own`: a customer may call it, and reaches only what belongs to them. */
  'x-customers'?: 'own' | 'none';
  parameters?: Parameter[];
  requestBody?: { required?: boolean; content: Content };
  responses: Record<string, Answer>;
  security?: SecurityRequirement[];
}

export interface Parameter {
  name: string;
  in: string;
  required?: boolean;
  schema: Schema;
}

export interface Answer {
  headers?: Record<string, { schema: Schema }>;
  content?: Content;
}

/** Schemas by media type. */
export type Content = Record<string, { schema: Schema }>;

/** Names of the security schemes that are all needed, each with the scopes that it needs. */
export type SecurityRequirement = Record<string, string[]>;

export interface Schema {
  [keyword: string]: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  additionalProperties?: boolean | Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
}

/**
 * Replaces references by what they refer to, so that names of components make no difference in a comparison.
 *
 * @throws Error if a schema contains itself, or refers to something that does not exist
 */
export function inlineReferences(document: OpenApi): OpenApi {
  const inline = (value: unknown, open: string[]): unknown => {
    if (Array.isArray(value)) return value.map((element) => inline(element, open));
    if (typeof value !== 'object' || value === null) return value;
    const { $ref } = value as { $ref?: unknown };
    if (typeof $ref !== 'string') {
      return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inline(part, open)]));
    }
    if (open.includes($ref))
      throw new Error(`${$ref} contains itself, which the comparison does not support`);
    return inline(lookUp(document, $ref), [...open, $ref]);
  };
  return { ...document, paths: inline(document.paths, []) as OpenApi['paths'] };
}

function lookUp(document: OpenApi, reference: string): unknown {
  const names = reference.replace(/^#\//, '').split('/');
  const found = names.reduce<unknown>(
    (value, name) => (value as Record<string, unknown> | undefined)?.[name],
    document,
  );
  if (found === undefined) throw new Error(`${reference} does not exist`);
  return found;
}
