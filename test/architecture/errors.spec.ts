import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ERROR_CODES } from '../../apps/api/src/http/error-codes/error-codes.js';
import { FIELD_CODES } from '../../apps/api/src/http/error-codes/field-codes.js';
import { errorsPage } from '../../tools/documents/errors-page.js';

const CATALOGUE = 'apps/api/src/http/error-codes';
/** Creation of an AppError, or of a class derived from it, with a literal code. */
const THROWN = /(?:AppError|super)\(\s*'(?:invalid|missing|conflict|unavailable|bug)',\s*'(\w+)'/g;
/** Codes of errors that the framework throws, by HTTP status. */
const FRAMEWORK = 'libs/platform/src/errors/problem.filter.ts';
const FRAMEWORK_CODE = /code: '(\w+)'|\?\? '(\w+)'/g;
/** An entry of `errors` with a literal code. */
const FIELD_ERROR = /\b(?:pointer|parameter)\b[^;]{0,80}?\bcode: '(\w+)'/g;

const sources = ['apps', 'libs'].flatMap((folder) =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !/\.(int-)?spec\.ts$/.test(file))
    .map((file) => join(folder, file))
    .filter((file) => !file.startsWith(CATALOGUE))
    .map((file) => ({ file, text: readFileSync(file, 'utf8') })),
);
const findAll = (pattern: RegExp, text: string) =>
  [...text.matchAll(pattern)].map(([, first, second]) => (first ?? second)!);

/** @returns the codes with the file that contains them, as `code (file)` */
const codesIn = (pattern: RegExp, files = sources) =>
  files.flatMap(({ file, text }) => findAll(pattern, text).map((code) => ({ code, file })));

describe('Error codes', () => {
  const documented = Object.values(ERROR_CODES).flatMap((codes) => codes.map(({ code }) => code));
  const used = [
    ...codesIn(THROWN),
    ...codesIn(
      FRAMEWORK_CODE,
      sources.filter(({ file }) => file === FRAMEWORK),
    ),
  ];

  it('in the sources all have a chapter', () => {
    const missing = used.filter(({ code }) => !documented.includes(code));
    expect(missing.map(({ code, file }) => `${code} of ${file} is missing in ${CATALOGUE}`)).toEqual([]);
    expect(used.length).toBeGreaterThan(40);
  });

  it('with a chapter are all in the sources, once in the list', () => {
    const unused = documented.filter((code) => !used.some((entry) => entry.code === code));
    expect(unused.map((code) => `${code} of ${CATALOGUE} is in no source`)).toEqual([]);
    expect(documented.filter((code, index) => documented.indexOf(code) !== index)).toEqual([]);
  });

  it('of the OpenAPI document all have a chapter, with the status of the response', () => {
    const { paths } = JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as {
      paths: Record<string, Record<string, { responses: Record<string, { description: string }> }>>;
    };
    const responses = Object.values(paths)
      .flatMap((methods) => Object.values(methods))
      .flatMap((operation) => Object.entries(operation.responses))
      .filter(([status]) => status >= '400');
    const pairs = responses.flatMap(([status, { description }]) =>
      findAll(/`(\w+)`/g, description.split(':')[0]!).map((code) => `${code} ${status}`),
    );
    const known = Object.values(ERROR_CODES).flatMap((codes) =>
      codes.map(({ code, status }) => `${code} ${status}`),
    );
    expect([...new Set(pairs)].filter((pair) => !known.includes(pair))).toEqual([]);
    expect(pairs.length).toBeGreaterThan(40);
  });

  it('of single fields are all described, and in the sources', () => {
    const validation = readFileSync('apps/api/src/http/validation.pipe.ts', 'utf8');
    const constraints = findAll(/^ {2}\w+: '(\w+)',$/gm, validation);
    const fieldCodes = new Set([
      ...constraints,
      ...codesIn(FIELD_ERROR).map(({ code }) => code),
      'bad_metadata',
    ]);
    expect([...fieldCodes].toSorted()).toEqual(Object.keys(FIELD_CODES).toSorted());
  });
});

describe('docs/errors.md', () => {
  it('is up to date with the list of codes (else: npm run docs)', () => {
    expect(readFileSync('docs/errors.md', 'utf8')).toBe(errorsPage());
  });
});
