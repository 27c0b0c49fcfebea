import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { createVhost } from '../support/broker.js';
import { createDatabase } from '../support/database.js';

const built = (path: string) => pathToFileURL(join(process.cwd(), 'dist', path)).href;

/** What the image runs before it loads the app (deploy/docker/Dockerfile). */
const EARLY_HANDLER = `process.once('SIGTERM', () => process.exit(0));`;

function runModule(source: string, env: Record<string, string> = {}) {
  const args = ['--input-type=module', '--eval', source];
  return spawn(process.execPath, args, {
    cwd: tmpdir(),
    env: { PATH: process.env.PATH, ...env },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
}

describe('A SIGTERM in the first second of a process', () => {
  it('is not lost if it arrives while the app replaces the handler of the image', async () => {
    const child = runModule(`
      import { shutDownOnSignals } from '${built('libs/platform/src/shutdown.js')}';
      ${EARLY_HANDLER}
      // The signal has arrived, but Node.js calls no handler before this module has run.
      process.kill(process.pid, 'SIGTERM');
      shutDownOnSignals(
        { get: () => ({ info: console.log, error: console.log }), close: async () => undefined },
        { SHUTDOWN_TIMEOUT_MS: 5_000 },
      );
      setTimeout(() => process.exit(4), 5_000);
    `);
    const output: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => output.push(chunk));
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(Buffer.concat(output).toString()).toContain('stopping');
  });

  describe('of an app', () => {
    let database: Awaited<ReturnType<typeof createDatabase>>;
    let vhost: Awaited<ReturnType<typeof createVhost>>;
    beforeAll(async () => {
      [database, vhost] = await Promise.all([createDatabase(), createVhost()]);
    });
    afterAll(() => Promise.all([database.drop(), vhost.drop()]));

    it.each(['api', 'stock-worker'])('ends %s with exit code 0', async (app) => {
      const environment = {
        DATABASE_URL: database.url,
        RABBITMQ_URL: vhost.url,
        HOST: '127.0.0.1',
        PORT: '0',
        SHUTDOWN_TIMEOUT_MS: '20000',
      };
      for (let delayMs = 100; delayMs <= 1_600; delayMs += 300) {
        const child = runModule(
          `${EARLY_HANDLER}
          setTimeout(() => process.kill(process.pid, 'SIGTERM'), ${delayMs});
          await import('${built(`bundles/${app}.js`)}');`,
          environment,
        );
        child.stdout.resume();
        const [exitCode] = (await once(child, 'exit')) as [number | null];
        expect({ delayMs, exitCode }).toEqual({ delayMs, exitCode: 0 });
      }
    });
  });
});
