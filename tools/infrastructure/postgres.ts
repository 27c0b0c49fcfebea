import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { reservePort } from './ports.js';
import { findPostgres, postgresEnvironment, type PostgresInstallation } from './postgres-installation.js';
import { STAGES } from './process-spec.js';
import type { Processes } from './processes.js';
import type { Service } from './service.js';

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
  /** The data are deleted afterwards: durability and slow password checks are switched off for speed. */
  ephemeral?: boolean;
}

const DATABASE = 'estoque';
const WITHOUT_DURABILITY = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];
/** Makes each login some milliseconds faster. Since PostgreSQL 16. */
const FAST_LOGINS = 'scram_iterations=1';

/**
 * Starts PostgreSQL with the data in `dir`, which are created if there are none.
 *
 * @throws PostgresNotFoundError if no program for this machine is found
 */
export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { root, dir, binaries } = options;
  const installation = await findPostgres(root, dir, binaries);
  const password = await ensureData(installation, dir);
  const { url, service } = await startServer(options, installation, {
    name: 'postgres',
    data: join(dir, 'data'),
    password,
    port: await reservePort(options.port),
    settings: options.ephemeral ? ephemeralSettings(installation.version) : [],
  });
  await ensureDatabase(url);
  return { url, version: installation.version, service };
}

const ephemeralSettings = (version: string): string[] =>
  Number.parseInt(version, 10) >= 16 ? [...WITHOUT_DURABILITY, FAST_LOGINS] : WITHOUT_DURABILITY;

export interface ServerOptions {
  /** Name of the process. */
  name: string;
  data: string;
  port: number;
  password: string;
  /** Settings in addition to those of every server, such as `fsync=off`. */
  settings: string[];
  /** Signal for an immediate stop. SIGQUIT by default. */
  killSignal?: NodeJS.Signals;
}

/** Starts one server. @returns its process, and the URL of the database `estoque`, which may not exist yet */
export async function startServer(
  { dir, log, processes, ephemeral }: PostgresOptions,
  { binaries, postgresUser }: PostgresInstallation,
  { name, data, port, password, settings, killSignal = 'SIGQUIT' }: ServerOptions,
): Promise<Pick<Postgres, 'url' | 'service'>> {
  const allSettings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=', // no socket: its path must be short, and the project's path can be long
    'max_connections=300',
    'log_checkpoints=off',
    // Below the lock timeout of the apps: otherwise a deadlock ends before PostgreSQL detects and counts it.
    'deadlock_timeout=200ms',
    ...settings,
  ];
  const base = `postgresql://postgres:${password}@127.0.0.1:${port}`;
  const server = [
    join(binaries, 'postgres'),
    '-D',
    data,
    ...allSettings.flatMap((setting) => ['-c', setting]),
  ];
  const [command, ...args] = [...postgresUser.prefix, ...server];
  const service = await processes.start({
    name,
    command: command!,
    args,
    env: postgresEnvironment(),
    cwd: dir,
    user: postgresUser.user,
    log,
    stage: STAGES.database,
    stopSignal: 'SIGINT', // fast shutdown: does not wait until clients disconnect
    killSignal,
    ephemeral,
    prepare: () => invalidateStalePid(data),
    ports: [port],
    ready: async () => (await query(`${base}/postgres`, 'SELECT 1')).length === 1,
  });
  return { url: `${base}/${DATABASE}`, service };
}

/** Creates the database of this URL if it does not exist. */
export async function ensureDatabase(url: string): Promise<void> {
  const system = new URL(url);
  system.pathname = '/postgres';
  const exists = await query(system.href, `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (exists.length === 0) await query(system.href, `CREATE DATABASE ${DATABASE}`);
}

export async function query<Row = unknown>(url: string, sql: string, values: unknown[] = []): Promise<Row[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A lost connection is also emitted as an event. The query already rejects because of it.
  client.on('error', () => undefined);
  await client.connect();
  try {
    return (await client.query(sql, values)).rows as Row[];
  } finally {
    await client.end();
  }
}

/**
 * Creates the data folder if there is none. An interrupted creation leaves no data folder.
 *
 * @returns the superuser's password
 */
export async function ensureData(
  { binaries, version, postgresUser }: PostgresInstallation,
  dir: string,
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
    await run(command, args, { env: postgresEnvironment(), cwd: dir, ...postgresUser.user });
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
