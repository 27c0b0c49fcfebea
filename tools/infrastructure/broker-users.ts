import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { withUser } from './accounts.js';

export interface Permissions {
  configure: string;
  write: string;
  read: string;
}

/** Written by `npm run docs`. The keys are the names of the apps. */
export const PERMISSIONS_FILE = join('deploy', 'rabbitmq', 'permissions.json');
/** Written by `npm run docs`: exchanges, queues and bindings. */
export const TOPOLOGY_FILE = join('deploy', 'rabbitmq', 'topology.json');

/** Name of an app's user on the broker. */
export const brokerUserOf = (app: string) => `estoque-${app}`;

/** @param adminUrl URL of the broker as its administrator @returns the URL as the user of the app */
export const rabbitmqUrlOf = (app: string, adminUrl: string) => withUser(adminUrl, brokerUserOf(app));

/**
 * Creates the users of the apps on a broker, and gives them their permissions in the virtual host of the URL.
 *
 * @param adminUrl URL of the broker as its administrator
 * @param managementUrl URL of its management API, with the administrator's name and password
 */
export async function createBrokerUsers(root: string, adminUrl: string, managementUrl: string) {
  const permissions = JSON.parse(readFileSync(join(root, PERMISSIONS_FILE), 'utf8')) as Record<
    string,
    Permissions
  >;
  const vhost = vhostOf(adminUrl);
  const createUser = async (app: string) => {
    const user = brokerUserOf(app);
    const { password } = new URL(rabbitmqUrlOf(app, adminUrl));
    await send('PUT', managementUrl, `/api/users/${user}`, { password, tags: '' }).catch((error: Error) => {
      // Another test file creates the same user at the same time, with the same password.
      if (!error.message.includes('user_already_exists')) throw error;
    });
    await send('PUT', managementUrl, `/api/permissions/${vhost}/${user}`, permissions[app]);
  };
  await Promise.all(Object.keys(permissions).map(createUser));
}

/**
 * Declares all exchanges, queues and bindings. Each app may declare its own part only, so without this, the first apps to
 * start on an empty broker would wait for the others. @param adminUrl, managementUrl as of `createBrokerUsers`
 */
export async function declareOnBroker(root: string, adminUrl: string, managementUrl: string) {
  const definitions = JSON.parse(readFileSync(join(root, TOPOLOGY_FILE), 'utf8')) as unknown;
  await send('POST', managementUrl, `/api/definitions/${vhostOf(adminUrl)}`, definitions);
}

const vhostOf = (url: string) => new URL(url).pathname.slice(1) || '%2F';

async function send(method: string, managementUrl: string, path: string, body: unknown) {
  const { username, password, origin } = new URL(managementUrl);
  const response = await fetch(origin + path, {
    method,
    headers: {
      authorization: `Basic ${Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`).toString('base64')}`,
      'content-type': 'application/json',
    },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(10_000),
  });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
}
