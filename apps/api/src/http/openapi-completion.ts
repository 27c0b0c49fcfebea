import type { OpenAPIObject } from '@nestjs/swagger';
import { ANY_SCOPE } from '../access/requires.decorator.js';
import { ACCESS_PROBLEMS, BODY_PROBLEMS, problemResponse, SERVER_PROBLEMS } from './problem.dto.js';

// The package does not export these types by name.
type PathItem = OpenAPIObject['paths'][string];
type Operation = NonNullable<PathItem['get']>;
type Schema = NonNullable<NonNullable<OpenAPIObject['components']>['schemas']>[string];
type Parameter = Extract<NonNullable<Operation['parameters']>[number], { in: string }>;

/** Numbers that are not integers, by the name of their field. */
const FRACTIONS = new Set([
  'lag_seconds',
  'oldest_message_seconds',
  'rate_in',
  'rate_out',
  'p50_ms',
  'p95_ms',
]);
const METHODS = ['get', 'post', 'put', 'patch', 'delete'] as const;

/** Adds to the generated document what is true of all operations and no single one declares. */
export function completeDocument(document: OpenAPIObject): OpenAPIObject {
  for (const path of Object.values(document.paths)) {
    for (const method of METHODS) {
      const operation = path[method];
      if (operation) completeOperation(operation, method !== 'get');
    }
  }
  for (const [name, schema] of Object.entries(document.components?.schemas ?? {}))
    completeSchema(schema, name);
  return document;
}

function completeOperation(operation: Operation, mayHaveBody: boolean) {
  const scope = (operation as { 'x-required-scope'?: string })['x-required-scope'];
  // An operation without a scope needs no credential: its body is signed.
  if (!scope) operation.security = [];
  const problems = {
    ...SERVER_PROBLEMS,
    ...(scope ? ACCESS_PROBLEMS : {}),
    ...(mayHaveBody ? BODY_PROBLEMS : {}),
  };
  for (const [status, problem] of Object.entries(problems))
    // An operation that declares the status describes its own codes.
    operation.responses[status] ??= problemResponse(Number(status), problem);
  if (scope)
    operation.description =
      `${operation.description ?? ''} Requires ${scope === ANY_SCOPE ? 'a valid credential' : `the scope \`${scope}\``}.`.trimStart();
  for (const parameter of operation.parameters ?? []) {
    const { name, in: location, schema } = parameter as Parameter;
    if (schema) completeSchema(schema, name);
    const isId = schema && !('$ref' in schema) && schema.type === 'integer';
    if (location === 'path' && isId) Object.assign(schema, { minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
  }
}

/** TypeScript has one type of numbers: the document calls them integers, which all of them are but for `FRACTIONS`. */
function completeSchema(schema: Schema, name: string) {
  if ('$ref' in schema) return;
  if (schema.type === 'number' && !FRACTIONS.has(name)) schema.type = 'integer';
  // OpenAPI 3.0.3: `nullable` does not add null to the values of an enum.
  if (schema.nullable && schema.enum && !schema.enum.includes(null)) schema.enum.push(null);
  // Nor to the values of a schema that it refers to.
  if (schema.nullable && schema.allOf) {
    schema.anyOf = [...schema.allOf, { type: 'object', nullable: true, enum: [null] }];
    delete schema.allOf;
  }
  for (const part of schema.allOf ?? []) completeSchema(part, name);
  if (schema.items) completeSchema(schema.items, name);
  for (const [field, fieldSchema] of Object.entries(schema.properties ?? {}))
    completeSchema(fieldSchema, field);
}
