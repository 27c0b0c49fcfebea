import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, WORKERS, type AppName, type WorkerName } from '../../../apps/manifest.js';
import { unpackDebianPackage } from '../../../tools/infrastructure/debian-packages.js';
import { waitUntilDrained } from '../drain.js';
import type { Experiment, Fault } from '../experiment.js';
import { eventIdOf } from '../injector/broker.js';
import type { FaultInjector } from '../injector/fault-injector.js';

const WORKER_NAMES: readonly WorkerName[] = WORKERS.map(({ name }) => name);

export const stopCont: Fault = {
  name: 'stop-cont',
  description: 'halts a worker (SIGSTOP) for a minute',
  async inject(injector, experiment) {
    const seconds = experiment.short ? 25 : 60;
    for (const app of experiment.short ? [injector.random.pick(WORKER_NAMES)] : WORKER_NAMES) {
      // The broker redelivers the messages of the halted process; mails that it sent just before are sent again.
      const endDisruption = app === 'notify-worker' ? injector.mailDisruptions.begin() : () => undefined;
      injector.apps.service(app).kill('SIGSTOP');
      await sleep(seconds * 1_000);
      injector.apps.service(app).kill('SIGCONT');
      endDisruption();
      experiment.note(`${app} halted for ${seconds} s`);
    }
  },
};

const HOUR_MS = 3_600_000;
const FAKETIME_VARIABLES = ['LD_PRELOAD', 'FAKETIME', 'FAKETIME_DONT_FAKE_MONOTONIC'];

export const clock: Fault = {
  name: 'clock',
  description: 'shifts the clock of one process by an hour',
  async inject(injector, experiment) {
    const library = await unpackLibfaketime(injector);
    const apps: readonly AppName[] = experiment.short ? ['stock-worker'] : APP_NAMES;
    for (const app of apps) await runWithWrongClock(injector, experiment, app, library);
  },
};

async function runWithWrongClock(
  injector: FaultInjector,
  experiment: Experiment,
  app: AppName,
  library: string,
) {
  const { apps } = injector;
  const environment = apps.processEnvironment(app);
  const offset = injector.random.pick(['+1h', '-1h']);
  await apps.stop(app);
  Object.assign(environment, { LD_PRELOAD: library, FAKETIME: offset, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
  await apps.start(app);
  const response = await fetch(`${apps.url(app)}/health/live`);
  const error = Date.parse(response.headers.get('date') ?? '') - Date.now();
  experiment.expect(
    Math.abs(Math.abs(error) - HOUR_MS) < 60_000,
    `the clock of ${app} is wrong by an hour (${error} ms)`,
  );
  await sleep(5_000);
  const { isDrained, unfinished } = await waitUntilDrained(injector, Date.now() + 60_000);
  experiment.expect(isDrained, `not drained while the clock of ${app} is wrong by ${offset}: ${unfinished}`);
  for (const name of FAKETIME_VARIABLES) delete environment[name];
  await apps.stop(app);
  await apps.start(app);
  experiment.note(`${app} ran at ${offset}`);
}

async function unpackLibfaketime({ options }: FaultInjector): Promise<string> {
  const { root } = await unpackDebianPackage(options.root, 'libfaketime', /^$/, options.printProgress);
  const libraries = join(root, 'usr', 'lib');
  const library = readdirSync(libraries, { recursive: true, encoding: 'utf8' }).find((file) =>
    /faketime\/libfaketime\.so\.1$/.test(file),
  );
  if (!library) throw new Error('the package contains no libfaketime.so.1');
  return join(libraries, library);
}

export const rollingRestart: Fault = {
  name: 'rolling-restart',
  description: 'stops (SIGTERM) and starts each worker repeatedly under load',
  async inject({ apps }, experiment) {
    let redelivered = 0;
    let requeuedUnsent = 0;
    const rounds = experiment.short ? 2 : 10;
    for (const app of WORKER_NAMES) {
      const deliveredIds = new Set<string>();
      const removeListener = apps.proxy(app, 'rabbitmq').onStep((step) => {
        if (step.name !== 'delivered') return;
        const id = eventIdOf(step.body!);
        // At a basic.cancel the broker requeues messages that it has not sent to the channel yet, and marks them as
        // redelivered although they never left the broker (rabbit_fifo_client, rabbitmq-server#3729).
        if (step.redelivered && deliveredIds.has(id)) redelivered += 1;
        else if (step.redelivered) requeuedUnsent += 1;
        deliveredIds.add(id);
      });
      for (let round = 0; round < rounds; round++) {
        const exitCode = await apps.stop(app);
        experiment.expect(exitCode === 0, `${app} exits with 0 (${exitCode})`);
        await apps.start(app);
      }
      removeListener();
    }
    experiment.note(
      `${rounds} times each; ${redelivered} messages redelivered, ${requeuedUnsent} requeued by the broker before it sent them`,
    );
    experiment.expect(redelivered === 0, 'no message is redelivered after a graceful shutdown');
  },
};
