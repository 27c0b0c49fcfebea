import { brokerUseOf } from '@estoque/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, appManifest } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { expectBrokerOutageReported, expectRecovery } from './health-checks.js';

/** AMQP heartbeat of the apps; a dead connection is detected within two of them. */
const HEARTBEAT_SECONDS = 5;

/** @param immediately whether the broker is killed */
const stopBroker = (name: string, description: string, immediately: boolean): Fault => ({
  name,
  description,
  async inject(injector, experiment) {
    const { service } = injector.servers.rabbitMq;
    await service.stop(immediately);
    const seconds = await expectBrokerOutageReported(injector, experiment, { seconds: 15 });
    experiment.note(`reported by all apps after ${seconds} s`);
    await sleep(3_000);
    await service.start();
    await expectRecovery(injector, experiment);
  },
});

export const brokerRestart = stopBroker('broker-restart', 'stops and starts RabbitMQ', false);
export const brokerKill = stopBroker('broker-kill', 'kills RabbitMQ (SIGKILL) and starts it again', true);

export const connectionCut: Fault = {
  name: 'connection-cut',
  description: 'cuts the connections to the broker in the middle of a message',
  async inject(injector, experiment) {
    const { apps } = injector;
    for (const app of APP_NAMES) {
      // `publish` and `deliver` are the first frames of a message: the cut is in the middle of it.
      const stepName = app === 'api' ? 'publish' : 'deliver';
      const rule = apps.proxy(app, 'rabbitmq').addRule({
        match: ({ name }) => name === stepName,
        when: 'after',
        then: 'cut',
        skip: 7,
      });
      const cut = until('the cut', () => rule.hits > 0, { seconds: 30 }).then(() => true);
      experiment.recordInjectionPoint(
        `${app} after ${app === 'api' ? 'the first frame of a publish' : 'some deliveries'}`,
        await cut.catch(() => false),
      );
    }
    for (const proxy of apps.proxiesTo('rabbitmq')) proxy.cutConnections();
    experiment.note('then all connections at once');
    await expectRecovery(injector, experiment);
  },
};

export const halfOpenBroker: Fault = {
  name: 'half-open-broker',
  description: 'makes the broker silent: no bytes arrive, and no connection is closed',
  async inject(injector, experiment) {
    const proxies = injector.apps.proxiesTo('rabbitmq');
    for (const proxy of proxies) proxy.silence();
    const seconds = await expectBrokerOutageReported(injector, experiment, {
      seconds: 2 * HEARTBEAT_SECONDS + 2,
    });
    experiment.note(`detected by all apps after ${seconds} s`);
    for (const proxy of proxies) proxy.endSilence();
    await expectRecovery(injector, experiment);
  },
};

/** An alarm of the broker; while it is set, the broker blocks publishers. */
interface Alarm {
  /** Field of a node in the management API: whether the alarm is set. */
  field: 'mem_alarm' | 'disk_free_alarm';
  /** Erlang module and function that set the limit, and its arguments. */
  module: string;
  functionName: string;
  /** Limit that sets the alarm. */
  tooLow: string;
  normal: string;
}

/**
 * While publishers are blocked, orders must be accepted, and all apps must be ready. Those that publish events must report
 * the block. The broker does not block a connection that only consumes.
 */
async function setAlarm(
  { apps, broker, load, servers }: FaultInjector,
  experiment: Experiment,
  alarm: Alarm,
) {
  const { field, module, functionName, tooLow, normal } = alarm;
  await servers.callErlang(module, functionName, tooLow);
  await until(`the ${field}`, async () => {
    const nodes = await broker.requestManagementApi<Record<string, boolean>[]>('GET', '/api/nodes');
    return nodes[0]![field];
  });
  const earlierRequests = load.requests.length;
  await sleep(experiment.short ? 5_000 : 15_000);
  const statuses = load.requests.slice(earlierRequests).map(({ status }) => status);
  experiment.note(`${statuses.length} orders placed while publishers were blocked`);
  experiment.expect(
    // Status 0: not answered yet.
    statuses.length > 0 && statuses.every((status) => status === 202 || status === 0),
    'the api accepts orders while publishers are blocked',
  );
  experiment.expect(
    statuses.filter((status) => status === 0).length <= 20,
    'the api answers while publishers are blocked',
  );
  for (const app of APP_NAMES) {
    const { status, text } = await apps.health(app);
    experiment.expect(
      status === 200,
      `${app} is ready while publishers are blocked (${status} ${text.slice(0, 300)})`,
    );
    experiment.expect(
      !brokerUseOf({ ...appManifest(app), collectsDeadLetters: app === 'api' }).publishesEvents ||
        /block|alarm|memory|disk|degraded/i.test(text),
      `the health of ${app} reports that publishers are blocked`,
    );
  }
  await servers.callErlang(module, functionName, normal);
  experiment.faultEnded();
}

export const alarmMemory: Fault = {
  name: 'alarm-memory',
  description: "sets the broker's memory alarm",
  inject: (injector, experiment) =>
    setAlarm(injector, experiment, {
      field: 'mem_alarm',
      module: 'vm_memory_monitor',
      functionName: 'set_vm_memory_high_watermark',
      tooLow: '[0.00001]',
      normal: '[0.4]',
    }),
};

export const alarmDisk: Fault = {
  name: 'alarm-disk',
  description: "sets the broker's disk alarm",
  inject: (injector, experiment) =>
    setAlarm(injector, experiment, {
      field: 'disk_free_alarm',
      module: 'rabbit_disk_monitor',
      functionName: 'set_disk_free_limit',
      tooLow: '[1000000000000000]',
      normal: '[50000000]',
    }),
};
