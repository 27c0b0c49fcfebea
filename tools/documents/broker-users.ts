import { brokerUseOf } from '@estoque/domain';
import { permissionsOf, type BrokerPermissions, type Topology } from '@estoque/messaging';
import { APPS } from '../../apps/manifest.js';
import { brokerUserOf, PERMISSIONS_FILE } from '../infrastructure/broker-users.js';
import { code, markdownTable } from './markdown.js';

const KUBERNETES = 'deploy/kubernetes/overlays';
/** The well-known name and password of the development setups. */
const ADMINISTRATOR = 'estoque';
const PASSWORD = 'estoque';

/** Permissions of the broker user of each app. The api collects the dead letters. */
export function brokerPermissions(topology: Topology): Record<string, BrokerPermissions> {
  return Object.fromEntries(
    APPS.map((app) => [
      app.name,
      permissionsOf(topology, brokerUseOf({ ...app, collectsDeadLetters: app.kind === 'api' })),
    ]),
  );
}

/** The generated files about the users of the broker: text by file name. */
export function brokerUserDocuments(topology: Topology): Record<string, string> {
  const permissions = brokerPermissions(topology);
  const definitions = toJson(definitionsOf(permissions));
  return {
    [PERMISSIONS_FILE]: toJson(permissions),
    'deploy/docker/secrets/rabbitmq_definitions.json': definitions,
    [`${KUBERNETES}/development/rabbitmq-definitions.json`]: definitions,
    [`${KUBERNETES}/production/broker-users.yaml`]: kubernetesUsers(permissions),
  };
}

const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Definitions that RabbitMQ imports. An administrator is among them: with definitions, RabbitMQ creates no user itself. */
function definitionsOf(permissions: Record<string, BrokerPermissions>) {
  const everything = { configure: '.*', write: '.*', read: '.*' };
  const users = Object.keys(permissions).map(brokerUserOf);
  return {
    vhosts: [{ name: '/' }],
    users: [
      { name: ADMINISTRATOR, password: PASSWORD, tags: ['administrator'] },
      ...users.map((name) => ({ name, password: PASSWORD, tags: [] })),
    ],
    permissions: [
      { user: ADMINISTRATOR, vhost: '/', ...everything },
      ...Object.entries(permissions).map(([app, granted]) => ({
        user: brokerUserOf(app),
        vhost: '/',
        ...granted,
      })),
    ],
  };
}

/** Objects for the RabbitMQ Messaging Topology Operator. KEDA reads the lengths of queues, which needs no permission. */
function kubernetesUsers(permissions: Record<string, BrokerPermissions>): string {
  const keda = { configure: '^$', write: '^$', read: '^$' };
  const objects = Object.entries({ ...permissions, keda }).map(([name, granted]) =>
    kubernetesUser(name, granted),
  );
  return `# Written by npm run docs, for the RabbitMQ Messaging Topology Operator: the users of the apps and of KEDA, with the names
# and passwords in the Secrets broker-<name>, and their permissions.
${objects.join('---\n')}`;
}

const kubernetesUser = (
  name: string,
  { configure, write, read }: BrokerPermissions,
) => `apiVersion: rabbitmq.com/v1beta1
kind: User
metadata:
  name: ${name}
spec:
  rabbitmqClusterReference:
    name: rabbitmq
  importCredentialsSecret:
    name: broker-${name}
---
apiVersion: rabbitmq.com/v1beta1
kind: Permission
metadata:
  name: ${name}
spec:
  rabbitmqClusterReference:
    name: rabbitmq
  vhost: /
  userReference:
    name: ${name}
  permissions:
    configure: ${configure}
    write: ${write}
    read: ${read}
`;

const NONE = '–';

/** A row for each app. The names are those that the regular expressions match. */
export function brokerUsersTable(topology: Topology): string {
  const cell = (pattern: string) => {
    if (pattern === '^$') return NONE;
    const names = pattern.slice('^('.length, -')$'.length).split('|');
    return names.map((name) => code(name.replaceAll('[.]', '.'))).join(', ');
  };
  return markdownTable(
    ['user', 'configure', 'write', 'read'],
    Object.entries(brokerPermissions(topology)).map(([app, { configure, write, read }]) => [
      code(brokerUserOf(app)),
      cell(configure),
      cell(write),
      cell(read),
    ]),
  );
}
