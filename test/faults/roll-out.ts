import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../support/until.js';
import { Balancer } from './balancer.js';
import { APPS, type App, type Replica, type FaultInjector } from './fault-injector.js';
import type { Fault, Trial } from './trial.js';

const CUSTOMERS = 4;
const PAUSE_MS = { long: 50, short: 150 };
/** In which everybody who sends requests hears that a process is to have no more; Kubernetes' preStop sleep. */
const HEARD_AFTER_MS = 200;

/** Two of each app at once, and each of them replaced while customers order through a balancer. */
export const rollOut: Fault = {
  name: 'roll-out',
  breaks: 'two of each app side by side, replaced one after the other (SIGTERM) under load',
  async run(rig, trial) {
    const seconds = await Promise.all(APPS.map((app) => rig.startReplica(app)));
    const replicasOf = (app: App): Replica[] => [
      { url: rig.url(app), service: rig.service(app) },
      seconds[APPS.indexOf(app)]!,
    ];
    const balancer = await Balancer.start([]);
    try {
      for (const app of APPS)
        for (const { url } of replicasOf(app)) {
          await isReady(rig, app, url);
          if (app === 'api') balancer.add(url);
        }
      const from = rig.load.placed.length;
      await underLoad(rig, balancer.url, trial.short ? PAUSE_MS.short : PAUSE_MS.long, async () => {
        for (let round = 0; round < (trial.short ? 1 : 3); round++)
          for (const app of APPS)
            for (const replica of replicasOf(app).slice(0, trial.short ? 1 : 2))
              await replace(rig, trial, app, replica, balancer);
      });
      const asked = rig.load.placed.slice(from);
      await until('all to be answered', () => asked.every(({ status, fault }) => status !== 0 || fault), {
        seconds: 60,
      });
      const failed = asked.filter(({ status }) => status !== 202);
      trial.did(`${asked.length} orders through the balancer meanwhile, ${failed.length} refused`);
      trial.expect(
        failed.length === 0,
        `no request fails (${failed.map(({ status, fault }) => fault ?? status).join(', ')})`,
      );
      eachHasWorked(rig, trial);
    } finally {
      await Promise.all(seconds.map(({ service }) => service.stop()));
      balancer.stop();
    }
  },
};

const isReady = (rig: FaultInjector, app: App, url: string) =>
  until(`${app} at ${url} to be ready`, async () => (await rig.health(app, url)).status === 200, {
    seconds: 60,
  });

async function replace(
  rig: FaultInjector,
  trial: Trial,
  app: App,
  { url, service }: Replica,
  balancer: Balancer,
) {
  if (app === 'api') {
    balancer.withdraw(url);
    await sleep(HEARD_AFTER_MS);
  }
  await service.stop();
  trial.expect(service.ended?.code === 0, `${app} ends with 0 (${service.ended?.code})`);
  await service.start();
  await isReady(rig, app, url);
  if (app === 'api') balancer.add(url);
}

/** Customers who order as fast as they are answered, on connections that they keep, until `work` is done. */
async function underLoad(rig: FaultInjector, url: string, pauseMs: number, work: () => Promise<void>) {
  const before = rig.load.api;
  rig.load.api = url;
  let done = false;
  const customers = Array.from({ length: CUSTOMERS }, async () => {
    while (!done) {
      await rig.load.place([{ product_id: rig.random.pick(rig.shop.plenty), quantity: 1 }]);
      await sleep(pauseMs);
    }
  });
  try {
    await work();
  } finally {
    done = true;
    await Promise.all(customers);
    rig.load.api = before;
  }
}

/** Both processes of each app have had their part of the work, by their logs. */
function eachHasWorked(rig: FaultInjector, trial: Trial) {
  for (const app of APPS) {
    const names = [app, `${app}-2`];
    const shares = names.map((name) => {
      const log = readFileSync(rig.logOf(name), 'utf8');
      return log.split(app === 'api' ? '"msg":"published"' : '"msg":"handled"').length - 1;
    });
    trial.did(`${app}: ${shares.join(' and ')} events`);
    trial.expect(Math.min(...shares) > 0, `both of ${app} work`);
  }
}
