import { spawnSync } from 'node:child_process';

const ENVIRONMENT = 'Only libs/platform/src/config reads the environment.';
const TRANSACTION = 'Only the unit of work opens transactions.';
const TRY = 'A consumer has no try/catch: the transport decides by the kind of the error.';
const CONSOLE = 'Unexpected console statement.';

const reading = 'export const url = process.env.DATABASE_URL;';
const opening =
  'export const both = (source: { transaction(): void; startTransaction(): void }) => [source.transaction(), source.startTransaction()];';
const trying = 'export function attempt() { try { return 1; } catch { return 2; } }';
const printing = "console.log('here');";

/** Text in place of a file's own, with what is to be said of it. */
const cases: [file: string, text: string, messages: string[]][] = [
  ['apps/api/src/api.module.ts', reading, [ENVIRONMENT]],
  ['apps/api/src/api.module.ts', "export const url = process['env'].DATABASE_URL;", [ENVIRONMENT]],
  ['apps/api/src/api.module.ts', 'export const { env } = process;', [ENVIRONMENT]],
  [
    'apps/api/src/api.module.ts',
    "import { env } from 'node:process'; export const all = env;",
    [ENVIRONMENT],
  ],
  ['libs/domain/src/unit-of-work.ts', reading, [ENVIRONMENT]],
  ['libs/platform/src/config/environment.ts', reading, []],
  ['libs/domain/src/stock/stock.repository.ts', opening, [TRANSACTION, TRANSACTION]],
  ['libs/platform/src/config/environment.ts', opening, [TRANSACTION, TRANSACTION]],
  ['libs/domain/src/unit-of-work.ts', opening, []],
  ['apps/order-worker/src/order.consumer.ts', trying, [TRY]],
  ['apps/order-worker/src/order.consumer.ts', reading + opening, [ENVIRONMENT, TRANSACTION, TRANSACTION]],
  ['apps/order-worker/src/order-reservation.service.ts', trying, []],
  ['apps/order-worker/src/order.consumer.ts', printing, [CONSOLE]],
  ['libs/messaging/src/rabbitmq/publisher.ts', printing, [CONSOLE]],
];

/** ESLint reads its configuration by import(), which Jest has not: so in a process of its own. */
const SCRIPT = `
  import { ESLint } from 'eslint';
  import tseslint from 'typescript-eslint';
  // The rules of the house look at the text alone; what types tell takes a while to load.
  const eslint = new ESLint({ overrideConfig: [{ files: ['**/*.ts'], ...tseslint.configs.disableTypeChecked }] });
  const said = [];
  for (const [filePath, text] of JSON.parse(process.argv[1])) {
    const [result] = await eslint.lintText(text, { filePath });
    said.push(result.messages.map(({ message }) => message));
  }
  process.stdout.write(JSON.stringify(said));
`;

describe('Each rule of the house, broken once', () => {
  let said: string[][];

  beforeAll(() => {
    const args = ['--input-type=module', '--eval', SCRIPT, JSON.stringify(cases)];
    const { stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
    if (!stdout) throw new Error(stderr);
    said = JSON.parse(stdout) as string[][];
  });

  it.each(cases.map((each, index) => [...each, index] as const))(
    '%s: %s',
    (_file, _text, messages, index) => {
      expect(said[index]).toEqual(messages);
    },
  );
});
