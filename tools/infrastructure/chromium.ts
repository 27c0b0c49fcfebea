import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from '../command.js';
import { findExecutable } from './executables.js';
import { withLock } from './lock.js';

const INSTALLED = ['chromium', 'chromium-browser', 'google-chrome'];
/** A package with the program and its shared libraries. It has 67 MB, so it is installed only where no browser is. */
const PACKAGE = '@sparticuz/chromium@153.0.0';
/** With them, the package also unpacks the shared libraries that a minimal system does not have. */
const UNPACK_LIBRARIES = { AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs22.x', AWS_LAMBDA_JS_RUNTIME: 'nodejs22.x' };
/** In a process of its own: the package is an ES module, which Jest cannot import. */
const UNPACK = `
  const { default: chromium } = await import('@sparticuz/chromium');
  const path = await chromium.executablePath();
  process.stdout.write(JSON.stringify({ path, env: { LD_LIBRARY_PATH: process.env.LD_LIBRARY_PATH } }));
`;

/** A browser, and the environment variables that it needs. */
export interface Chromium {
  path: string;
  env: Record<string, string>;
}

/** @returns an installed Chromium, otherwise that of a package in .local/cache */
export async function findChromium(root: string): Promise<Chromium> {
  const path = INSTALLED.map(findExecutable).find((found) => found !== undefined);
  if (path !== undefined) return { path, env: {} };
  const folder = join(root, '.local', 'cache', 'chromium');
  return withLock(
    join(root, '.local', 'chromium.lock'),
    () => undefined,
    async () => {
      if (!existsSync(join(folder, 'node_modules', '@sparticuz', 'chromium', 'package.json')))
        await runIn(root, 'npm', 'install', '--prefix', folder, '--no-audit', '--no-fund', PACKAGE);
      const output = await runIn(folder, process.execPath, '--input-type=module', '--eval', UNPACK);
      return JSON.parse(output) as Chromium;
    },
  );
}

async function runIn(cwd: string, program: string, ...args: string[]): Promise<string> {
  const { code, output } = await run(program, args, { cwd, env: { ...process.env, ...UNPACK_LIBRARIES } });
  if (code !== 0) throw new Error(`No Chromium is installed, and its package cannot be used:\n${output}`);
  return output;
}
