import { connect } from 'amqplib';
import { readFileSync } from 'node:fs';
import { APP_NAMES } from '../../apps/manifest.js';
import { declareTopology } from '../../libs/messaging/src/rabbitmq/topology-declaration.js';
import { wire } from '../../tools/documents/events.js';
import { brokerUserOf } from '../../tools/infrastructure/broker-users.js';
import { callManagementApi } from '../support/broker.js';
import { OwnBroker } from '../support/own-broker.js';

const FILES = [
  'deploy/docker/secrets/rabbitmq_definitions.json',
  'deploy/kubernetes/overlays/development/rabbitmq-definitions.json',
];

describe("RabbitMQ's definitions", () => {
  let broker: OwnBroker;
  beforeAll(async () => void (broker = await OwnBroker.start()), 60_000);
  afterAll(() => broker.remove());

  it.each(FILES)(
    'are imported from %s; every user can log in, and each worker finds its queue',
    async (file) => {
      const definitions = JSON.parse(readFileSync(file, 'utf8')) as {
        users: { name: string; password: string }[];
        permissions: { user: string; write: string }[];
      };
      await callManagementApi(broker.managementUrl, 'POST', '/api/definitions', definitions);
      for (const { name, password } of definitions.users) {
        const url = new URL(broker.url);
        url.username = name;
        url.password = password;
        await (await connect(url.href)).close();
      }
      const imported = await callManagementApi<{ user: string; write: string }[]>(
        broker.managementUrl,
        'GET',
        '/api/permissions',
      );
      const { topology } = wire();
      const admin = await connect(broker.url);
      // With the same arguments, or the broker would close the channel.
      await declareTopology(await admin.createChannel(), topology, () => admin.createChannel());
      const bindings = await callManagementApi<unknown[]>(broker.managementUrl, 'GET', '/api/bindings/%2F');
      await admin.close();
      // The broker adds a binding of each queue to the default exchange.
      expect(bindings).toHaveLength(topology.bindings.length + topology.queues.length);
      for (const app of APP_NAMES) {
        const user = brokerUserOf(app);
        const wanted = definitions.permissions.find((permission) => permission.user === user);
        expect(imported).toContainEqual(expect.objectContaining({ ...wanted }));
      }
    },
  );
});
