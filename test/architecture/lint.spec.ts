import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

const ENVIRONMENT = 'Only libs/platform/src/config reads the environment.';
const TRANSACTION = 'Only the unit of work opens transactions.';
const TRY = 'A consumer has no try/catch: the transport decides by the kind of the error.';
const CONSOLE = 'Unexpected console statement.';

const readsEnvironment = 'export const url = process.env.DATABASE_URL;';
const opensTransactions =
  'export const both = (source: { transaction(): void; startTransaction(): void }) => [source.transaction(), source.startTransaction()];';
const hasTryCatch = 'export function attempt() { try { return 1; } catch { return 2; } }';
const printsToConsole = "console.log('here');";

/** A file, its text, and the expected messages. Each file occurs once. */
const cases: [file: string, text: string, messages: string[]][] = [
  ['apps/api/src/a.module.ts', readsEnvironment, [ENVIRONMENT]],
  ['apps/api/src/b.module.ts', "export const url = process['env'].DATABASE_URL;", [ENVIRONMENT]],
  ['apps/api/src/c.module.ts', 'export const { env } = process;', [ENVIRONMENT]],
  ['apps/api/src/d.module.ts', "import { env } from 'node:process'; export const all = env;", [ENVIRONMENT]],
  ['libs/domain/src/unit-of-work.ts', readsEnvironment + opensTransactions, [ENVIRONMENT]],
  ['libs/platform/src/config/environment.ts', readsEnvironment, []],
  ['libs/platform/src/config/other.ts', opensTransactions, [TRANSACTION, TRANSACTION]],
  ['libs/domain/src/stock/stock.repository.ts', opensTransactions, [TRANSACTION, TRANSACTION]],
  ['apps/order-worker/src/order.consumer.ts', hasTryCatch, [TRY]],
  [
    'apps/stock-worker/src/stock.consumer.ts',
    readsEnvironment + opensTransactions,
    [ENVIRONMENT, TRANSACTION, TRANSACTION],
  ],
  ['apps/order-worker/src/order-reservation.service.ts', hasTryCatch, []],
  ['apps/notify-worker/src/notify.consumer.ts', printsToConsole, [CONSOLE]],
  ['libs/messaging/src/rabbitmq/publisher.ts', printsToConsole, [CONSOLE]],
  ['apps/api/src/a.spec.ts', readsEnvironment + opensTransactions + printsToConsole, []],
];

/** Rules about the project, and not about types: the files of these cases contain only what their rule looks for. */
const PROJECT_RULE = /^architecture\(|no-console\)$/;

const TYPES_FILE = 'tools/types.ts';
const WRONG_TYPES = "export const count: number = 'one'; Promise.resolve(1);";

interface Report {
  diagnostics: { message: string; code: string; filename: string }[];
}

describe('Lint rules of the project', () => {
  const folder = mkdtempSync(join(tmpdir(), 'lint-'));
  let report: Report;

  beforeAll(() => {
    cpSync('.oxlintrc.json', join(folder, '.oxlintrc.json'));
    cpSync('tools/lint', join(folder, 'tools', 'lint'), { recursive: true });
    for (const [file, text] of [...cases, [TYPES_FILE, WRONG_TYPES] as const]) {
      mkdirSync(join(folder, dirname(file)), { recursive: true });
      writeFileSync(join(folder, file), text);
    }
    const oxlint = join(process.cwd(), 'node_modules', 'oxlint', 'bin', 'oxlint');
    const { stdout, stderr } = spawnSync(process.execPath, [oxlint, '--format=json'], {
      cwd: folder,
      encoding: 'utf8',
      env: { ...process.env, OXLINT_TSGOLINT_PATH: join(process.cwd(), 'node_modules', '.bin', 'tsgolint') },
    });
    if (!stdout.startsWith('{')) throw new Error(stdout + stderr);
    report = JSON.parse(stdout) as Report;
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it.each(cases)('report the expected messages for %s: %s', (file, _text, messages) => {
    const found = report.diagnostics.filter(
      ({ filename, code }) => filename === file && PROJECT_RULE.test(code),
    );
    expect(found.map(({ message }) => message).toSorted()).toEqual(messages.toSorted());
  });

  it('report wrong types, and promises that nothing waits for', () => {
    const codes = report.diagnostics
      .filter(({ filename }) => filename === TYPES_FILE)
      .map(({ code }) => code);
    expect(codes.toSorted()).toEqual(['typescript(TS2322)', 'typescript(no-floating-promises)']);
  });
});
