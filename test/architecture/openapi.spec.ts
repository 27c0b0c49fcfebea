import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

describe('docs/openapi.json', () => {
  it('is what the API serves today (else: npm run docs)', () => {
    const { stdout } = spawnSync(process.execPath, ['dist/apps/api/src/http/write-openapi.js'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
  });

  it("passes redocly's recommended rules", () => {
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

describe('Each operation', () => {
  const document = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
    paths: Record<string, Record<string, Operation>>;
    components: { schemas: Record<string, Schema> };
  };
  const operations = Object.values(document.paths).flatMap((methods) => Object.values(methods));

  /** The fields of a schema that nobody could fill in from the document alone. */
  function withoutExample(schema: Schema, at = ''): string[] {
    if ('example' in schema || schema.enum) return [];
    if (schema.$ref) return withoutExample(document.components.schemas[schema.$ref.split('/').at(-1)!]!, at);
    if (schema.allOf) return schema.allOf.flatMap((part) => withoutExample(part, at));
    if (schema.items) return withoutExample(schema.items, `${at}[]`);
    if (!schema.properties) return [at];
    return Object.entries(schema.properties).flatMap(([name, field]) =>
      withoutExample(field, `${at}/${name}`),
    );
  }
  const gaps = ({ content = {} }: Body) =>
    Object.values(content).flatMap((media) => ('example' in media ? [] : withoutExample(media.schema)));

  it.each(operations)('$operationId has a summary and examples of what goes in and out', (operation) => {
    expect(operation.summary).toMatch(/\w/);
    expect(gaps(operation.requestBody ?? {})).toEqual([]);
    const successes = Object.entries(operation.responses).filter(([status]) => status < '300');
    expect(successes).toHaveLength(1);
    for (const [, response] of successes) expect(gaps(response)).toEqual([]);
  });

  it.each(operations)('$operationId tells its errors as problem documents, with an example', (operation) => {
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
  });

  it('that had a field without an example would be seen', () => {
    const fields = { a: { example: 1 }, b: {}, c: { items: { properties: { d: {} } } } };
    expect(withoutExample({ properties: fields })).toEqual(['/b', '/c[]/d']);
  });
});
