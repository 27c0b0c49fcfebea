import { spawnSync } from 'node:child_process';

const ENVIRONMENT = 'Only libs/platform/src/config reads the environment.';
const TRANSACTION = 'Only the unit of work opens transactions.';
const TRY = 'A consumer has no try/catch: the transport decides by the kind of the error.';
const CONSOLE = 'Unexpected console statement.';

const readsEnvironment = 'export const url = process.env.DATABASE_URL;';
const opensTransactions =
  'export const both = (source: { transaction(): void; startTransaction(): void }) => [source.transaction(), source.startTransaction()];';
const hasTryCatch = 'export function attempt() { try { return 1; } catch { return 2; } }';
const printsToConsole = "console.log('here');";

/** A file name, the text to lint as this file, and the expected messages. */
const cases: [file: string, text: string, messages: string[]][] = [
  ['apps/api/src/api.module.ts', readsEnvironment, [ENVIRONMENT]],
  ['apps/api/src/api.module.ts', "export const url = process['env'].DATABASE_URL;", [ENVIRONMENT]],
  ['apps/api/src/api.module.ts', 'export const { env } = process;', [ENVIRONMENT]],
  [
    'apps/api/src/api.module.ts',
    "import { env } from 'node:process'; export const all = env;",
    [ENVIRONMENT],
  ],
  ['libs/domain/src/unit-of-work.ts', readsEnvironment, [ENVIRONMENT]],
  ['libs/platform/src/config/environment.ts', readsEnvironment, []],
  ['libs/domain/src/stock/stock.repository.ts', opensTransactions, [TRANSACTION, TRANSACTION]],
  ['libs/platform/src/config/environment.ts', opensTransactions, [TRANSACTION, TRANSACTION]],
  ['libs/domain/src/unit-of-work.ts', opensTransactions, []],
  ['apps/order-worker/src/order.consumer.ts', hasTryCatch, [TRY]],
  [
    'apps/order-worker/src/order.consumer.ts',
    readsEnvironment + opensTransactions,
    [ENVIRONMENT, TRANSACTION, TRANSACTION],
  ],
  ['apps/order-worker/src/order-reservation.service.ts', hasTryCatch, []],
  ['apps/order-worker/src/order.consumer.ts', printsToConsole, [CONSOLE]],
  ['libs/messaging/src/rabbitmq/publisher.ts', printsToConsole, [CONSOLE]],
];

/** Runs in a separate process, because ESLint loads its configuration with import(), which Jest does not support. */
const SCRIPT = `
  import { ESLint } from 'eslint';
  import tseslint from 'typescript-eslint';
  // The project's own rules need no type information, which is slow to load.
  const eslint = new ESLint({ overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] });
  const results = [];
  for (const [filePath, text] of JSON.parse(process.argv[1])) {
    const [result] = await eslint.lintText(text, { filePath });
    results.push(result.messages.map(({ message }) => message));
  }
  process.stdout.write(JSON.stringify(results));
`;

describe('ESLint rules of the project', () => {
  let results: string[][];

  beforeAll(() => {
    const args = ['--input-type=module', '--eval', SCRIPT, JSON.stringify(cases)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (!stdout) throw new Error(stderr);
    results = JSON.parse(stdout) as string[][];
  });

  it.each(cases.map((testCase, index) => [...testCase, index] as const))(
    'report the expected messages for %s: %s',
    (_file, _text, messages, index) => {
      expect(results[index]).toEqual(messages);
    },
  );
});
