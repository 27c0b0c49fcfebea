import pg from 'pg';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QueryRunner } from 'typeorm';
import { scramVerifier } from './scram-verifier.js';

/** A user that logs in, and the role whose privileges it has. */
export interface Login {
  /** URL with which the user connects: its name and password are read from it. */
  url: string;
  role: string;
}

/**
 * SQLSTATE duplicate_object and unique_violation. An internal error (`tuple concurrently updated`) is reported as an
 * OutcomeUnknown.
 */
const CHANGED_CONCURRENTLY = new Set(['42710', '23505', 'outcome_unknown']);
const MAX_TRIES = 5;

/**
 * Creates the user if it does not exist, gives it the password of the URL if it cannot log in with it, and makes it a
 * member of the role. Nothing is written if all of this is so already. The user of the connection needs CREATEROLE.
 *
 * @returns whether something was changed
 */
export async function ensureLogin(connection: QueryRunner, login: Login): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await createOrChange(connection, login);
    } catch (error) {
      // Users are shared by all databases of a server: another process changes the same one at this moment.
      if (attempt === MAX_TRIES || !CHANGED_CONCURRENTLY.has((error as { code: string }).code)) throw error;
      await sleep(Math.random() * 50 * attempt);
    }
  }
}

async function createOrChange(connection: QueryRunner, { url, role }: Login): Promise<boolean> {
  const { username, password } = new URL(url);
  const name = decodeURIComponent(username);
  const [found] = (await connection.query(
    `SELECT rolcanlogin AS can_login, pg_has_role(oid, $2, 'USAGE') AS is_member, rolname = current_user AS is_own
     FROM pg_roles WHERE rolname = $1`,
    [name, role],
  )) as { can_login: boolean; is_member: boolean; is_own: boolean }[];
  // An app that connects as the owner of the tables needs no user of its own.
  if (found?.is_own) return false;
  const user = pg.escapeIdentifier(name);
  const setPassword = () => `LOGIN PASSWORD ${pg.escapeLiteral(scramVerifier(decodeURIComponent(password)))}`;
  if (!found) {
    await connection.query(`CREATE ROLE ${user} ${setPassword()} IN ROLE ${role}`);
    return true;
  }
  const canLogIn = found.can_login && (await isAccepted(url));
  if (!canLogIn) await connection.query(`ALTER ROLE ${user} ${setPassword()}`);
  if (!found.is_member) await connection.query(`GRANT ${role} TO ${user}`);
  return !canLogIn || !found.is_member;
}

/** @returns false if the server refuses the user or the password @throws any other error */
async function isAccepted(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 10_000 });
  // A lost connection is also emitted as an event.
  client.on('error', () => undefined);
  try {
    await client.connect();
    return true;
  } catch (error) {
    if (['28P01', '28000'].includes((error as { code: string }).code)) return false;
    throw error;
  } finally {
    await client.end();
  }
}
