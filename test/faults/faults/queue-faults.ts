import { setTimeout as sleep } from 'node:timers/promises';
import {
  appManifest,
  APP_NAMES,
  WORKERS,
  type WorkerManifest,
  type WorkerName,
} from '../../../apps/manifest.js';
import { waitUntilDrained } from '../drain.js';
import type { Experiment, Fault } from '../experiment.js';
import { EXCHANGE } from '../injector/broker.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { formatSecondsSince } from './health-checks.js';

/** Ends a worker's consumer while its connection stays open. The worker must report it, and consume again within 5 s. */
async function loseConsumer(
  { apps }: FaultInjector,
  experiment: Experiment,
  app: WorkerName,
  endConsumer: () => Promise<unknown>,
) {
  const notReady = apps.waitUntilNotReady(app, 5);
  // Awaited below. Until then, Node.js must not treat a rejection as unhandled, which would end the process.
  notReady.catch(() => undefined);
  await endConsumer();
  const startedAt = Date.now();
  await experiment.expectInTime(`${app} reports that it is not consuming`, notReady);
  await experiment.expectInTime(`${app} consumes again within 5 s`, apps.waitUntilReady(app, 5));
  experiment.note(`${app} consumes again after ${formatSecondsSince(startedAt)} s`);
}

export const queueDeleted: Fault = {
  name: 'queue-deleted',
  description: 'deletes a queue together with its messages',
  async inject(injector, experiment) {
    const { broker } = injector;
    const workers: readonly WorkerManifest[] = experiment.short ? [appManifest('stock-worker')] : WORKERS;
    for (const { name, queue } of workers) {
      await loseConsumer(injector, experiment, name, () =>
        broker.requestManagementApi('DELETE', `/api/queues/${broker.vhostPath}/${queue}`),
      );
    }
  },
};

export const consumerCancelled: Fault = {
  name: 'consumer-cancelled',
  description: 'cancels a consumer, as the broker can do',
  async inject(injector, experiment) {
    for (const { name } of WORKERS) {
      await loseConsumer(injector, experiment, name, () => {
        injector.apps.proxy(name, 'rabbitmq').cancelConsumers();
        return Promise.resolve();
      });
    }
  },
};

export const bindingMissing: Fault = {
  name: 'binding-missing',
  description: 'removes the bindings of the events under load',
  async inject({ broker }, experiment) {
    const path = `/api/bindings/${broker.vhostPath}/e/${EXCHANGE}/q`;
    const bindings = await broker.workBindings();
    for (const { destination, properties_key } of bindings)
      await broker.requestManagementApi('DELETE', `${path}/${destination}/${properties_key}`);
    await sleep(8_000);
    for (const { destination, routing_key } of bindings)
      await broker.requestManagementApi('POST', `${path}/${destination}`, { routing_key });
    experiment.faultEnded();
    const unrouted = await broker.countReady('unrouted_queue');
    experiment.note(`${bindings.length} bindings removed for 8 s; ${unrouted} messages in unrouted_queue`);
  },
};

export const publisherFirst: Fault = {
  name: 'publisher-first',
  description: 'starts the api alone on an empty broker, and the workers later',
  async inject(injector, experiment) {
    const { apps, broker, load } = injector;
    await load.stop();
    await waitUntilDrained(injector, Date.now() + 60_000);
    await Promise.all(APP_NAMES.map((app) => apps.stop(app)));
    await broker.switchToNewVhost(`faults-${Date.now()}`);
    apps.useCurrentVhost();
    await apps.start('api');
    injector.resumeLoad();
    await sleep(5_000);
    await load.stop();
    experiment.note('orders placed for 5 s without workers');
    for (const { name } of WORKERS) await apps.start(name);
    experiment.faultEnded();
    injector.resumeLoad();
  },
};
