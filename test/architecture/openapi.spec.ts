import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { ApiDocument } from '../support/openapi.js';

describe('docs/openapi.json', () => {
  it('is up to date with the API (else: npm run docs)', () => {
    const { stdout } = spawnSync(process.execPath, ['dist/bundles/write-openapi.js'], {
      encoding: 'utf8',
      maxBuffer: 16 * 1024 ** 2,
    });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
  });

  it('passes the recommended rules of Redocly', () => {
    const args = ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json', '--format=stylish'];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect({ status, problems: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, problems: '' });
  });
});

describe('The comparison of answers with the document', () => {
  const document = ApiDocument.readCommitted();
  const problem = { type: 'about:blank', title: 't', status: 404, code: 'c', detail: 'd', errors: [] };
  const stock = { product_id: 1, on_hand: 2, reserved: 0, available: 2 };
  const json = 'application/json; charset=utf-8';
  const problemJson = 'application/problem+json; charset=utf-8';

  it.each([
    ['GET', '/v1/products/1/stock', 200, json, stock],
    ['GET', '/v1/products/1/stock', 404, problemJson, problem],
    ['GET', '/v1/nothing', 404, problemJson, problem],
    ['DELETE', '/v1/orders?x=1', 405, problemJson, { ...problem, status: 405 }],
  ])('accepts %s %s: %i', (method, url, status, contentType, body) => {
    expect(document.findDeviations(method, url, { status, contentType, body })).toEqual([]);
  });

  it.each([
    ['an undocumented status', 409, problemJson, null, problem],
    ['another content type', 404, json, null, problem],
    ['a missing field', 200, json, null, { ...stock, reserved: undefined }],
    ['a field of another type', 200, json, null, { ...stock, reserved: '0' }],
    ['a fraction', 200, json, null, { ...stock, reserved: 0.5 }],
    ['an undocumented field', 200, json, null, { ...stock, in_transit: 1 }],
    ['no body', 200, json, null, undefined],
    ['no Retry-After', 503, problemJson, null, { ...problem, status: 503 }],
    ['another Retry-After', 503, problemJson, '1', { ...problem, status: 503 }],
  ])('reports %s', (_name, status, contentType, retryAfter, body) => {
    const answer = { status, contentType, retryAfter, body };
    expect(document.findDeviations('GET', '/v1/products/1/stock', answer)).toHaveLength(1);
  });
});

interface Schema {
  $ref?: string;
  type?: string;
  format?: string;
  pattern?: string;
  maxLength?: number;
  minimum?: number;
  maximum?: number;
  maxItems?: number;
  example?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
  anyOf?: Schema[];
}
interface Body {
  content?: Record<string, { schema: Schema; example?: unknown }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  parameters: { name: string; in: string; required: boolean; schema: Schema }[];
  requestBody?: Body;
  responses: Record<string, Body>;
  'x-required-scope'?: string;
}

describe('OpenAPI operations', () => {
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

  /** @returns the paths of all fields of a schema that have no example and no enum */
  function findFieldsWithoutExample(schema: Schema, path = ''): string[] {
    if ('example' in schema || schema.enum) return [];
    if (schema.$ref)
      return findFieldsWithoutExample(document.components.schemas[schema.$ref.split('/').at(-1)!]!, path);
    const parts = schema.allOf ?? schema.anyOf;
    if (parts) return parts.flatMap((part) => findFieldsWithoutExample(part, path));
    if (schema.items) return findFieldsWithoutExample(schema.items, `${path}[]`);
    if (!schema.properties) return [path];
    return Object.entries(schema.properties).flatMap(([name, field]) =>
      findFieldsWithoutExample(field, `${path}/${name}`),
    );
  }
  const findGaps = ({ content = {} }: Body) =>
    Object.values(content).flatMap((media) =>
      'example' in media ? [] : findFieldsWithoutExample(media.schema),
    );

  it.each(operations)('$operationId has a summary, and examples of request and response', (operation) => {
    expect(operation.summary).toMatch(/\w/);
    expect(findGaps(operation.requestBody ?? {})).toEqual([]);
    const successes = Object.entries(operation.responses).filter(([status]) => status < '300');
    expect(successes).toHaveLength(1);
    for (const [, response] of successes) expect(findGaps(response)).toEqual([]);
  });

  it.each(operations)(
    '$operationId describes its errors as problem documents, with an example',
    (operation) => {
      const errors = Object.entries(operation.responses).filter(([status]) => status >= '400');
      const statuses = errors.map(([status]) => status);
      expect(statuses).toEqual(expect.arrayContaining(['400', '414', '417', '431', '500', '503']));
      if (operation.requestBody) expect(statuses).toEqual(expect.arrayContaining(['408', '413', '415']));
      // The fields of a webhook are not validated.
      if (operation.requestBody && operation['x-required-scope']) expect(statuses).toContain('422');
      for (const [, { content }] of errors) {
        expect(content).toEqual({
          'application/problem+json': {
            schema: { $ref: '#/components/schemas/ProblemDto' },
            example: expect.objectContaining({ code: expect.any(String) as string }) as object,
          },
        });
      }
    },
  );

  /** @returns the paths of all fields whose values have no limit */
  function findFieldsWithoutBounds(schema: Schema, path = ''): string[] {
    if (schema.$ref)
      return findFieldsWithoutBounds(document.components.schemas[schema.$ref.split('/').at(-1)!]!, path);
    if (schema.allOf) return schema.allOf.flatMap((part) => findFieldsWithoutBounds(part, path));
    const { type, enum: values, format, pattern, maxLength, minimum, maximum, maxItems } = schema;
    const isBounded = {
      string: values || pattern || maxLength !== undefined || format === 'date-time',
      integer: minimum !== undefined && maximum !== undefined,
      boolean: true,
      object: true,
      array: maxItems !== undefined,
    }[type ?? 'none'];
    return [
      ...(isBounded ? [] : [path]),
      ...(schema.items ? findFieldsWithoutBounds(schema.items, `${path}[]`) : []),
      ...Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
        findFieldsWithoutBounds(field, `${path}/${name}`),
      ),
    ];
  }

  it.each(operations)('$operationId bounds its parameters and the fields of its body', (operation) => {
    for (const { name, in: location, required, schema } of operation.parameters) {
      expect(findFieldsWithoutBounds(schema, name)).toEqual([]);
      if (location === 'query') expect({ name, required }).toEqual({ name, required: false });
    }
    for (const { schema } of Object.values(operation.requestBody?.content ?? {}))
      expect(findFieldsWithoutBounds(schema)).toEqual([]);
  });

  it('require no field that has a default', () => {
    expect(document.components.schemas.PlaceOrderDto).toMatchObject({ required: ['customer', 'items'] });
  });

  it('fail these tests if a field has no bounds', () => {
    const fields = { a: { type: 'integer', minimum: 1 }, b: { type: 'array', items: { type: 'string' } } };
    expect(findFieldsWithoutBounds({ type: 'object', properties: fields })).toEqual(['/a', '/b', '/b[]']);
  });

  it('fail these tests if a field has no example', () => {
    const fields = { a: { example: 1 }, b: {}, c: { items: { properties: { d: {} } } } };
    expect(findFieldsWithoutExample({ properties: fields })).toEqual(['/b', '/c[]/d']);
  });
});
