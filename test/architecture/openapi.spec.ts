import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

describe('docs/openapi.json', () => {
  it('is up to date with the API (else: npm run docs)', () => {
    const { stdout } = spawnSync(process.execPath, ['dist/apps/api/src/http/write-openapi.js'], {
      encoding: 'utf8',
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

interface Schema {
  $ref?: string;
  example?: unknown;
  enum?: unknown[];
  properties?: Record<string, Schema>;
  items?: Schema;
  allOf?: Schema[];
}
interface Body {
  content?: Record<string, { schema: Schema; example?: unknown }>;
}
interface Operation {
  operationId: string;
  summary?: string;
  requestBody?: Body;
  responses: Record<string, Body>;
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
    if (schema.allOf) return schema.allOf.flatMap((part) => findFieldsWithoutExample(part, path));
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
      expect(errors.map(([status]) => status)).toContain('503');
      expect(errors.length).toBeGreaterThan(1);
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

  it('fail these tests if a field has no example', () => {
    const fields = { a: { example: 1 }, b: {}, c: { items: { properties: { d: {} } } } };
    expect(findFieldsWithoutExample({ properties: fields })).toEqual(['/b', '/c[]/d']);
  });
});
