import type { OpenApi } from './document.js';
import { releaseProblems } from './release.js';

const TODAY = '2026-06-15';
const documentOf = (version: string, ...paths: string[]): OpenApi => ({
  openapi: '3.0.0',
  info: { version },
  paths: Object.fromEntries(paths.map((path) => [path, { get: { operationId: path, responses: {} } }])),
});

describe('A document of the API', () => {
  it.each<[string, OpenApi | undefined, OpenApi]>([
    ['is the first one', undefined, documentOf('1.0.0')],
    ['is the released one', documentOf('1.0.0', '/a'), documentOf('1.0.0', '/a')],
    ['has a higher minor version', documentOf('1.9.0', '/a'), documentOf('1.10.0', '/a', '/b')],
    ['has a higher major version', documentOf('1.9.1', '/a'), documentOf('2.0.0', '/a', '/b')],
  ])('can be released if it %s', (_condition, released, current) => {
    expect(releaseProblems(released, current, TODAY)).toEqual([]);
  });

  it.each([
    ['1.0.0', '1.0.0'],
    ['1.10.0', '1.9.0'],
    ['2.0.0', '1.0.1'],
  ])('cannot replace version %s with version %s', (released, current) => {
    expect(releaseProblems(documentOf(released, '/a'), documentOf(current, '/a', '/b'), TODAY)).toEqual([
      `the version ${current} is not higher than ${released}, the released one`,
    ]);
  });

  it('cannot be released with a breaking change, whatever its version', () => {
    expect(releaseProblems(documentOf('1.0.0', '/a'), documentOf('2.0.0', '/b'), TODAY)).toEqual([
      'GET /a is removed',
    ]);
  });
});
