import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, type AppName } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { Replica } from '../injector/app-processes.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { LoadBalancer } from '../load-balancer.js';
import type { OrderRequest } from '../load.js';

const CLIENTS = 4;
const PAUSE_MS = { full: 50, short: 150 };
/** From the removal of a target until no client sends requests to it any more; preStop sleep in Kubernetes. */
const REMOVAL_DELAY_MS = 200;

/** Runs two replicas of each app. Each replica is replaced while clients place orders through a load balancer. */
export const rollOut: Fault = {
  name: 'roll-out',
  description: 'runs two replicas of each app and replaces them one after the other (SIGTERM) under load',
  async inject(injector, experiment) {
    const { apps, load } = injector;
    const { short } = experiment;
    const secondReplicas = await Promise.all(APP_NAMES.map((app) => apps.startSecondReplica(app)));
    const replicasOf = (app: AppName): Replica[] => [
      { url: apps.url(app), service: apps.service(app) },
      secondReplicas[APP_NAMES.indexOf(app)]!,
    ];
    const balancer = await LoadBalancer.start([]);
    try {
      for (const app of APP_NAMES) {
        for (const { url } of replicasOf(app)) {
          await waitUntilReady(injector, app, url);
          if (app === 'api') balancer.add(url);
        }
      }
      const earlierRequests = load.requests.length;
      await withClients(injector, balancer.url, short ? PAUSE_MS.short : PAUSE_MS.full, async () => {
        for (let round = 0; round < (short ? 1 : 3); round++)
          for (const app of APP_NAMES)
            for (const replica of replicasOf(app).slice(0, short ? 1 : 2))
              await replaceReplica(injector, experiment, app, replica, balancer);
      });
      const requests = load.requests.slice(earlierRequests);
      await until('all requests to be answered', () => requests.every(isAnswered), { seconds: 60 });
      const refused = requests.filter(({ status }) => status !== 202);
      experiment.note(
        `${requests.length} orders through the load balancer during the roll-out, ${refused.length} refused`,
      );
      experiment.expect(
        refused.length === 0,
        `no request fails (${refused.map(({ status, error }) => error ?? status).join(', ')})`,
      );
      expectWorkOfAllReplicas(injector, experiment);
    } finally {
      await Promise.all(secondReplicas.map(({ service }) => service.stop()));
      balancer.stop();
    }
  },
};

const isAnswered = ({ status, error }: OrderRequest) => status !== 0 || error !== undefined;

const waitUntilReady = ({ apps }: FaultInjector, app: AppName, url: string) =>
  until(`${app} at ${url} to be ready`, async () => (await apps.health(app, url)).status === 200, {
    seconds: 60,
  });

async function replaceReplica(
  injector: FaultInjector,
  experiment: Experiment,
  app: AppName,
  { url, service }: Replica,
  balancer: LoadBalancer,
) {
  if (app === 'api') {
    balancer.remove(url);
    await sleep(REMOVAL_DELAY_MS);
  }
  await service.stop();
  experiment.expect(service.ended?.code === 0, `${app} exits with 0 (${service.ended?.code})`);
  await service.start();
  await waitUntilReady(injector, app, url);
  if (app === 'api') balancer.add(url);
}

/** Runs `work` under load: clients on keep-alive connections place orders, each with a pause after the response. */
async function withClients(
  { load, products, random }: FaultInjector,
  apiUrl: string,
  pauseMs: number,
  work: () => Promise<void>,
) {
  const apiUrlBefore = load.apiUrl;
  load.apiUrl = apiUrl;
  let done = false;
  const clients = Array.from({ length: CLIENTS }, async () => {
    while (!done) {
      await load.placeOrder([{ product_id: random.pick(products.plentiful), quantity: 1 }]);
      await sleep(pauseMs);
    }
  });
  try {
    await work();
  } finally {
    done = true;
    await Promise.all(clients);
    load.apiUrl = apiUrlBefore;
  }
}

/** Expects in the logs that both replicas of each app published or handled events. */
function expectWorkOfAllReplicas({ apps }: FaultInjector, experiment: Experiment) {
  for (const app of APP_NAMES) {
    const counts = [app, `${app}-2`].map((name) => {
      const log = readFileSync(apps.logFile(name), 'utf8');
      return log.split(app === 'api' ? '"msg":"published"' : '"msg":"handled"').length - 1;
    });
    experiment.note(`${app}: ${counts.join(' and ')} events`);
    experiment.expect(Math.min(...counts) > 0, `both replicas of ${app} work`);
  }
}
