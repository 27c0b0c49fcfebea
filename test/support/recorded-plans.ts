import type { Client, Pool } from 'pg';
import type { TestShop } from './test-shop.js';

/**
 * PostgreSQL parameters that send the plan of every statement to the client, as a notice in JSON.
 * For `TestShop.open`; `recordPlans` receives them.
 */
export const PLANS_AS_NOTICES = [
  'session_preload_libraries = auto_explain',
  'auto_explain.log_min_duration = 0',
  'auto_explain.log_format = json',
  'client_min_messages = log',
];

/**
 * Records the plan of each statement that the shop's connections execute from now on.
 *
 * @returns the plans, with a new element for each statement
 */
export function recordPlans<Plan>({ dataSource }: TestShop): { sql: string; plan: Plan }[] {
  const plans: { sql: string; plan: Plan }[] = [];
  const recorded = new WeakSet<Client>();
  const pool = (dataSource.driver as unknown as { master: Pool }).master;
  pool.on('acquire', (connection) => {
    const client = connection as unknown as Client;
    if (recorded.has(client)) return;
    recorded.add(client);
    client.on('notice', ({ message }) => {
      const json = message?.split('plan:')[1];
      if (!json) return;
      const { 'Query Text': sql, Plan: plan } = JSON.parse(json) as { 'Query Text': string; Plan: Plan };
      plans.push({ sql, plan });
    });
  });
  return plans;
}
