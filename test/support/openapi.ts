import { Ajv, type AnySchemaObject, type ValidateFunction } from 'ajv';
import { readFileSync } from 'node:fs';

/** An answer of the API. */
interface Answer {
  status: number;
  contentType: string | null;
  /** The header `Retry-After`, if there is one. */
  retryAfter?: string | null;
  /** Parsed body; undefined if there is none. */
  body: unknown;
}

interface Response {
  headers?: Record<string, { schema: AnySchemaObject }>;
  content?: Record<string, { schema: AnySchemaObject }>;
}

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, Response> }>>;
  components: { schemas: Record<string, AnySchemaObject> };
}

const PROBLEM: Response = {
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/ProblemDto' } } },
};
/** Answers to requests that belong to no documented operation. */
const OUTSIDE_OPERATIONS: Record<string, Response> = Object.fromEntries(
  ['400', '404', '405', '414', '417', '431', '503'].map((status) => [status, PROBLEM]),
);

/** Compares answers of the API with its OpenAPI document. */
export class ApiDocument {
  private readonly ajv = new Ajv({ strict: false, allErrors: true });
  private readonly validators = new Map<Response, ValidateFunction>();
  private readonly paths: { pattern: RegExp; path: string }[];

  constructor(private readonly document: Document) {
    this.ajv.addFormat('date-time', (text: string) => !Number.isNaN(Date.parse(text)));
    this.ajv.addFormat('email', /^\S+@\S+$/);
    this.ajv.addSchema({
      $id: 'document',
      components: { schemas: closeSchemas(document.components.schemas) },
    });
    // A literal path such as /v1/dead-letters/replay before one with a parameter.
    const paths = Object.keys(document.paths).sort(
      (a, b) => Number(a.includes('{')) - Number(b.includes('{')),
    );
    this.paths = paths.map((path) => ({
      path,
      pattern: new RegExp(`^${path.replace(/\{\w+\}/g, '[^/]+')}$`),
    }));
  }

  static readCommitted(): ApiDocument {
    return new ApiDocument(JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as Document);
  }

  /** @returns how the answer differs from the document; empty if it matches */
  findDeviations(method: string, url: string, { status, contentType, retryAfter, body }: Answer): string[] {
    const name = `${method} ${url}: ${status}`;
    const path = this.paths.find(({ pattern }) => pattern.test(url.split('?')[0]!))?.path;
    const operation = path === undefined ? undefined : this.document.paths[path]![method.toLowerCase()];
    const response = (operation?.responses ?? OUTSIDE_OPERATIONS)[status];
    if (!response) return [`${name} is not documented`];
    const [documentedType] = Object.keys(response.content ?? {});
    if (documentedType === undefined) return body === undefined ? [] : [`${name} has a body`];
    const type = contentType?.split(';')[0];
    if (type !== documentedType) return [`${name} has the content type ${type} instead of ${documentedType}`];
    const expectedRetryAfter = response.headers?.['Retry-After']?.schema.example as number | undefined;
    if (retryAfter && operation && Number(retryAfter) !== expectedRetryAfter)
      return [`${name} has Retry-After: ${retryAfter} instead of ${expectedRetryAfter}`];
    if (status === 503 && !retryAfter) return [`${name} has no Retry-After`];
    const validate = this.validatorOf(response, documentedType);
    if (validate(body)) return [];
    return validate.errors!.map(
      ({ instancePath, message, params }) => `${name} ${instancePath} ${message} ${JSON.stringify(params)}`,
    );
  }

  private validatorOf(response: Response, type: string): ValidateFunction {
    let validate = this.validators.get(response);
    if (!validate) {
      const schema = JSON.parse(
        JSON.stringify(response.content![type]!.schema).replaceAll('"#/components', '"document#/components'),
      ) as AnySchemaObject;
      validate = this.ajv.compile(schema);
      this.validators.set(response, validate);
    }
    return validate;
  }
}

/** Forbids fields that a schema does not list, so that undocumented fields are found. */
function closeSchemas(schemas: Record<string, AnySchemaObject>): Record<string, AnySchemaObject> {
  return Object.fromEntries(
    Object.entries(schemas).map(([name, schema]) => {
      const isClosed = schema.properties !== undefined && schema.additionalProperties === undefined;
      return [name, isClosed ? { ...schema, additionalProperties: false } : schema];
    }),
  );
}
