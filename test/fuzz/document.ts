import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';

/** A schema of OpenAPI 3.0, as far as it is used here. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  example?: unknown;
  nullable?: boolean;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  pattern?: string;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
}

export interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

type Content = Record<string, { schema: Schema; example?: unknown }>;

/** One method of one path. */
export interface Operation {
  /** `POST /v1/orders/{id}/cancel` */
  name: string;
  method: string;
  path: string;
  parameters: Parameter[];
  body?: Schema;
  responses: Record<string, { content?: Content }>;
}

interface OpenApiDocument {
  paths: Record<
    string,
    Record<
      string,
      { parameters?: Parameter[]; requestBody?: { content: Content }; responses: Operation['responses'] }
    >
  >;
  components: { schemas: Record<string, Schema> };
}

export interface ActualResponse {
  status: number;
  contentType: string;
  body: string;
}

/** The OpenAPI document: its operations, and the check of a response against it. */
export class ApiDocument {
  readonly operations: Operation[];
  private readonly ajv = new Ajv({ strict: false, validateFormats: false });
  private readonly validators = new Map<Schema, ValidateFunction>();

  private constructor(private readonly document: OpenApiDocument) {
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], requestBody, responses }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        parameters,
        body: requestBody?.content['application/json']?.schema,
        responses,
      })),
    );
  }

  static read(file: string) {
    return new ApiDocument(JSON.parse(readFileSync(file, 'utf8')) as OpenApiDocument);
  }

  /** Follows a `$ref`, and merges `allOf`. */
  resolve(schema: Schema): Schema {
    if (schema.$ref) return this.resolve(this.document.components.schemas[schema.$ref.split('/').at(-1)!]!);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => this.resolve(part))) as Schema;
    return schema;
  }

  /** @returns what is wrong with a response of an operation according to the document; undefined if nothing is */
  findDifference(operation: Operation, { status, contentType, body }: ActualResponse): string | undefined {
    const documented = operation.responses[status];
    if (!documented) return `the status ${status} is not documented`;
    const type = contentType.split(';')[0]!.trim();
    const schema = documented.content?.[type]?.schema;
    if (!schema) return `status ${status}: the content type ${type || 'none'} is not documented`;
    if (schema.format === 'binary') return undefined;
    const value = parse(body);
    if (value === undefined) return `status ${status}: the body is not JSON`;
    const validate = this.validatorOf(schema);
    if (validate(value)) return undefined;
    const { instancePath, message } = validate.errors![0]!;
    return `status ${status}: the body differs from the schema: ${instancePath.replaceAll(/\d+/g, '#')} ${message}`;
  }

  private validatorOf(schema: Schema): ValidateFunction {
    const known = this.validators.get(schema);
    if (known) return known;
    const components = withNullAsType(this.document.components);
    const validate = this.ajv.compile({ ...(withNullAsType(schema) as object), components });
    this.validators.set(schema, validate);
    return validate;
  }
}

/** Replaces `nullable` of OpenAPI 3.0 by the type `null` of JSON Schema. */
function withNullAsType(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withNullAsType);
  if (typeof value !== 'object' || value === null) return value;
  const { nullable, ...rest } = value as Record<string, unknown>;
  const copy = Object.fromEntries(Object.entries(rest).map(([name, field]) => [name, withNullAsType(field)]));
  return nullable === true ? { anyOf: [copy, { type: 'null' }] } : copy;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
