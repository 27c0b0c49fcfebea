import { brokerUseOf } from '@estoque/domain';
import { permissionsOf, type BrokerPermissions, type Topology } from '@estoque/messaging';
import { APPS } from '../../apps/manifest.js';
import { brokerUserOf, PERMISSIONS_FILE, TOPOLOGY_FILE } from '../infrastructure/broker-users.js';
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

/** The generated files about the broker: its users, exchanges and queues. Text by file name. */
export function brokerUserDocuments(topology: Topology): Record<string, string> {
  const permissions = brokerPermissions(topology);
  const declared = topologyDefinitions(topology);
  const definitions = toJson(definitionsOf(permissions, declared));
  return {
    [PERMISSIONS_FILE]: toJson(permissions),
    [TOPOLOGY_FILE]: toJson(declared),
    'deploy/docker/secrets/rabbitmq_definitions.json': definitions,
    [`${KUBERNETES}/development/rabbitmq-definitions.json`]: definitions,
    [`${KUBERNETES}/production/broker-users.yaml`]: kubernetesUsers(permissions),
  };
}

const toJson = (value: unknown) => `${JSON.stringify(value, null, 2)}\n`;

/** Exchanges, queues and bindings as RabbitMQ imports them. The apps declare the same ones, and the bindings that are left out. */
function topologyDefinitions({ exchanges, queues, bindings }: Topology) {
  return {
    exchanges: exchanges.map(({ name, type, alternate }) => ({
      name,
      type,
      durable: true,
      auto_delete: false,
      internal: false,
      arguments: alternate === undefined ? {} : { 'alternate-exchange': alternate },
    })),
    queues: queues.map((queue) => ({
      name: queue.name,
      durable: true,
      auto_delete: false,
      arguments: queue.arguments,
    })),
    // RabbitMQ imports a number with another type than the one that the apps declare, so the binding would exist twice.
    bindings: bindings.filter(hasNoNumbers).map(({ queue, exchange, routingKey, arguments: args = {} }) => ({
      source: exchange,
      destination: queue,
      destination_type: 'queue',
      routing_key: routingKey,
      arguments: args,
    })),
  };
}

const hasNoNumbers = ({ arguments: args = {} }: Topology['bindings'][number]) =>
  Object.values(args).every((value) => typeof value !== 'number');

/**
 * Definitions that RabbitMQ imports when it starts, so that the apps can start in any order. An administrator is among
 * them: with definitions, RabbitMQ creates no user itself.
 */
function definitionsOf(
  permissions: Record<string, BrokerPermissions>,
  { exchanges, queues, bindings }: ReturnType<typeof topologyDefinitions>,
) {
  const inDefaultVhost = <Entry extends object>(entries: Entry[]) =>
    entries.map((entry) => ({ ...entry, vhost: '/' }));
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
    exchanges: inDefaultVhost(exchanges),
    queues: inDefaultVhost(queues),
    bindings: inDefaultVhost(bindings),
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
    return names.map((name) => code(name.replaceAll('[.]', '.').replaceAll('.+', '*'))).join(', ');
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
