import { Ajv, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';

/** A schema of OpenAPI 3.0, as far as the tests use it. */
export interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  enum?: unknown[];
  example?: unknown;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  properties?: Record<string, Schema>;
  additionalProperties?: unknown;
  required?: string[];
  items?: Schema;
  allOf?: Schema[];
}

type Content = Record<string, { schema: Schema }>;
type Responses = Record<string, { headers?: Record<string, { schema: Schema }>; content?: Content }>;

interface Parameter {
  name: string;
  in: 'path' | 'query' | 'header';
  required?: boolean;
  schema: Schema;
}

/** One method of one path. */
export interface Operation {
  /** `POST /v1/orders/{id}/cancel` */
  name: string;
  method: string;
  path: string;
  /** The scope that the caller needs. */
  scope?: string;
  /** Whether a signature of the body is the credential. */
  isSigned: boolean;
  parameters: Parameter[];
  body?: Schema;
  responses: Responses;
}

interface OpenApi {
  paths: Record<
    string,
    Record<
      string,
      {
        'x-required-scope'?: string;
        'x-requires-signature'?: boolean;
        parameters?: Parameter[];
        requestBody?: { content: Content };
        responses: Responses;
      }
    >
  >;
  components: { schemas: Record<string, Schema> };
}

/** An answer of the API. */
export interface Answer {
  status: number;
  contentType: string | null;
  /** The header `Retry-After`, if there is one. */
  retryAfter?: string | null;
  /** The parsed body if it is JSON, otherwise its text; undefined if there is none. */
  body: unknown;
}

const PROBLEM = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
};
/** Answers to requests that belong to no documented operation. */
const OUTSIDE_OPERATIONS: Responses = Object.fromEntries(
  ['400', '403', '404', '405', '414', '417', '431', '503'].map((status) => [status, PROBLEM]),
);

/** The OpenAPI document of the API: its operations, and the comparison of answers with it. */
export class ApiDocument {
  readonly operations: Operation[];
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly validators = new Map<Schema, ValidateFunction>();

  constructor(private readonly document: OpenApi) {
    this.ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)));
    this.ajv.addFormat('email', /^\S+@\S+$/);
    this.ajv.addFormat('binary', true);
    const schemas = closeSchemas(document.components.schemas);
    this.ajv.addSchema({ $id: 'document', components: { schemas } });
    this.operations = Object.entries(document.paths).flatMap(([path, methods]) =>
      Object.entries(methods).map(([method, { parameters = [], requestBody, responses, ...others }]) => ({
        name: `${method.toUpperCase()} ${path}`,
        method: method.toUpperCase(),
        path,
        scope: others['x-required-scope'],
        isSigned: others['x-requires-signature'] ?? false,
        parameters,
        body: requestBody?.content['application/json']?.schema,
        responses,
      })),
    );
  }

  static readCommitted(): ApiDocument {
    return new ApiDocument(JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApi);
  }

  /** Follows a `$ref`, and merges `allOf`. */
  resolve(schema: Schema): Schema {
    if (schema.$ref) return this.resolve(this.document.components.schemas[schema.$ref.split('/').at(-1)!]!);
    if (schema.allOf) return Object.assign({}, ...schema.allOf.map((part) => this.resolve(part))) as Schema;
    return schema;
  }

  /** @returns how the answer to a request differs from the document; empty if it matches */
  findDeviations(method: string, url: string, answer: Answer): string[] {
    const responses = this.findOperation(method, url)?.responses ?? OUTSIDE_OPERATIONS;
    return this.compare(responses, answer).map((deviation) => `${method} ${url}: ${deviation}`);
  }

  /** @returns how the answer differs from the documented responses; empty if it matches one of them */
  compare(responses: Responses, { status, contentType, retryAfter, body }: Answer): string[] {
    const response = responses[status];
    if (!response) return [`status ${status} is not documented`];
    if (!response.content) return body === undefined ? [] : [`status ${status} has a body`];
    const type = contentType?.split(';')[0]!.trim() ?? 'none';
    const schema = response.content[type]?.schema;
    if (!schema) {
      const documented = Object.keys(response.content).join(' or ');
      return [`status ${status} has the content type ${type} instead of ${documented}`];
    }
    const delay = response.headers?.['Retry-After']?.schema;
    if ((status === 429 || status === 503) && !retryAfter) return [`status ${status} has no Retry-After`];
    if (retryAfter && responses !== OUTSIDE_OPERATIONS && !isDocumentedDelay(Number(retryAfter), delay))
      return [`status ${status} has Retry-After: ${retryAfter} instead of ${JSON.stringify(delay)}`];
    const validate = this.validatorOf(schema);
    if (validate(body)) return [];
    return validate.errors!.map(
      ({ instancePath, message, params }) =>
        `status ${status}: ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  private findOperation(method: string, url: string): Operation | undefined {
    const path = url.split('?')[0]!;
    const matching = this.operations.filter(
      (operation) =>
        operation.method === method &&
        new RegExp(`^${operation.path.replaceAll(/\{\w+\}/g, '[^/]+')}$`).test(path),
    );
    // A literal path such as /v1/dead-letters/replay before one with a parameter.
    return matching.find((operation) => !operation.path.includes('{')) ?? matching[0];
  }

  private validatorOf(schema: Schema): ValidateFunction {
    const known = this.validators.get(schema);
    if (known) return known;
    const text = JSON.stringify(schema).replaceAll('"#/components', '"document#/components');
    const validate = this.ajv.compile(JSON.parse(text) as object);
    this.validators.set(schema, validate);
    return validate;
  }
}

/** A delay that is always the same is documented as an example, and one that varies as a range. */
const isDocumentedDelay = (seconds: number, { example, minimum, maximum }: Schema = {}) =>
  minimum === undefined || maximum === undefined
    ? seconds === example
    : Number.isInteger(seconds) && seconds >= minimum && seconds <= maximum;

/** Forbids fields that a schema does not list, so that undocumented fields are found. */
function closeSchemas(schemas: Record<string, Schema>): Record<string, Schema> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const isClosed = schema.properties !== undefined && schema.additionalProperties === undefined;
      return [name, isClosed ? { ...schema, additionalProperties: false } : schema];
    }),
  );
}
