import { spawnSync } from 'node:child_process';
import { chownSync, existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { findExecutable } from './executables.js';

/** How to run PostgreSQL, which refuses to run as root. */
export interface PostgresUser {
  /** Command and arguments that precede the PostgreSQL program. */
  prefix: string[];
  /** User that the process is started as. */
  user?: { uid: number; gid: number };
  /** Required owner of the data. */
  owner?: { uid: number; gid: number };
}

/**
 * An ordinary user runs PostgreSQL as that user. For root, the first of these ways that works is used:
 *
 * 1. The user `nobody` with one capability, with which it may enter folders that only root may enter (/root). So no user
 *    has to be created, and no file copied. PostgreSQL calls access(), which ignores capabilities unless no_setuid_fixup is
 *    set.
 * 2. A user namespace in which root is called `nobody`.
 * 3. The user `nobody` without capabilities, which works if every user may enter the folder.
 *
 * @param environment environment of the PostgreSQL programs
 * @throws if PostgreSQL can run as no other user on this machine
 */
export function choosePostgresUser(
  binaries: string,
  dir: string,
  environment: NodeJS.ProcessEnv,
): PostgresUser {
  if (process.getuid?.() !== 0) return { prefix: [] };
  const owner = dataOwner(dir);
  const { uid, gid } = owner;
  const setpriv = `setpriv --reuid=${uid} --regid=${gid} --clear-groups --inh-caps=-all,+dac_override
    --ambient-caps=-all,+dac_override --bounding-set=-all,+dac_override --securebits=+no_setuid_fixup --no-new-privs`;
  const candidates: PostgresUser[] = [
    { prefix: setpriv.split(/\s+/), owner },
    { prefix: ['unshare', '--user', `--map-user=${uid}`, `--map-group=${gid}`] },
    { prefix: [], user: owner, owner },
  ];
  const working = candidates.find((candidate) => canRun(candidate, binaries, dir, environment));
  if (!working) {
    throw new Error(
      'PostgreSQL refuses to run as root, and it cannot run as another user on this machine. ' +
        'Run this command as an ordinary user, or set DATABASE_URL to a PostgreSQL that runs elsewhere.',
    );
  }
  return working;
}

/** @returns the owner of existing data, so that root can use the clone of an ordinary user; otherwise `nobody` */
function dataOwner(dir: string): { uid: number; gid: number } {
  if (existsSync(join(dir, 'data'))) {
    const { uid, gid } = statSync(join(dir, 'data'));
    if (uid !== 0) return { uid, gid };
  }
  const id = (flag: string): number => Number(spawnSync('id', [flag, 'nobody'], { encoding: 'utf8' }).stdout);
  return { uid: id('-u') || 65_534, gid: id('-g') || 65_534 };
}

function canRun(
  candidate: PostgresUser,
  binaries: string,
  dir: string,
  environment: NodeJS.ProcessEnv,
): boolean {
  if (candidate.prefix[0] && !findExecutable(candidate.prefix[0])) return false;
  if (candidate.owner) chownSync(dir, candidate.owner.uid, candidate.owner.gid);
  else chownSync(dir, 0, 0);
  // The error that the data folder is missing proves that the program was started, could enter all parent folders, and
  // accepted the user.
  const [command, ...args] = [...candidate.prefix, join(binaries, 'postgres'), '-D', join(dir, 'missing')];
  const probe = spawnSync(command, args, { env: environment, encoding: 'utf8', cwd: dir, ...candidate.user });
  return /missing".*No such file/s.test(probe.stderr ?? '');
}
