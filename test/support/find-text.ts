import type { SqlClient } from '@estoque/database';
import { callTestBrokerApi } from './broker.js';

/**
 * Searches every table of the schema, also binary columns, without regard to case.
 *
 * @returns the names of the tables that contain one of the texts, sorted
 */
export async function findTextInTables(sql: Pick<SqlClient, 'query'>, texts: string[]): Promise<string[]> {
  const columns = await sql.query<{ table_name: string; column_name: string; data_type: string }>(
    `SELECT table_name, column_name, data_type FROM information_schema.columns WHERE table_schema = 'public'`,
  );
  const found = new Set<string>();
  for (const { table_name, column_name, data_type } of columns) {
    const text = data_type === 'bytea' ? `encode("${column_name}", 'escape')` : `"${column_name}"::text`;
    const rows = await sql.query(`SELECT 1 FROM "${table_name}" WHERE lower(${text}) LIKE ANY($1) LIMIT 1`, [
      texts.map((wanted) => `%${wanted.toLowerCase()}%`),
    ]);
    if (rows.length > 0) found.add(table_name);
  }
  return [...found].toSorted();
}

/** Searches the messages of every queue of a virtual host. @returns the names of the queues that contain one of the texts */
export async function findTextInQueues(vhostUrl: string, texts: string[]): Promise<string[]> {
  const vhost = encodeURIComponent(decodeURIComponent(new URL(vhostUrl).pathname.slice(1)));
  const queues = await callTestBrokerApi<{ name: string }[]>('GET', `/api/queues/${vhost}`);
  const found: string[] = [];
  for (const { name } of queues) {
    const messages = await callTestBrokerApi<{ payload: string; properties: object }[]>(
      'POST',
      `/api/queues/${vhost}/${encodeURIComponent(name)}/get`,
      { count: 1_000, ackmode: 'ack_requeue_true', encoding: 'auto' },
    );
    const content = JSON.stringify(messages).toLowerCase();
    if (texts.some((text) => content.includes(text.toLowerCase()))) found.push(name);
  }
  return found;
}
