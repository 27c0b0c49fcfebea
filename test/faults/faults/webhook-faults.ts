import { catalogue } from '@estoque/domain';
import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { probeOrdersDuring } from '../order-probe.js';
import { WatchedEndpoint } from '../watched-endpoint.js';

const ALL_EVENTS = Object.keys(catalogue);
/** An order is processed within this time, whatever a receiver does. */
const ORDER_SECONDS = 5;

const secondsOf = ({ short }: Experiment) => (short ? 10 : 60);

/** Runs `work` with an endpoint for all events. Every event must arrive, and no order may be delayed. */
async function withEndpoint(
  injector: FaultInjector,
  experiment: Experiment,
  work: (endpoint: WatchedEndpoint) => Promise<void>,
) {
  const endpoint = await WatchedEndpoint.create(injector, ALL_EVENTS);
  const probed = await probeOrdersDuring(() => work(endpoint), injector, { maxSeconds: ORDER_SECONDS });
  experiment.note(`${probed.placed} orders, the slowest one processed in ${probed.slowest.toFixed(1)} s`);
  experiment.expect(probed.late === 0, `no order takes longer than ${ORDER_SECONDS} s: ${probed.late} do`);
  experiment.faultEnded();
  await endpoint.expectAllEvents(experiment);
  await endpoint.remove();
}

const webhooksDown: Fault = {
  name: 'webhooks-down',
  description: 'stops the receiver of webhooks, and starts it again',
  inject: (injector, experiment) =>
    withEndpoint(injector, experiment, async ({ receiver }) => {
      await receiver.stop();
      await sleep(secondsOf(experiment) * 1_000);
      await receiver.listen();
    }),
};

const webhooksSlow: Fault = {
  name: 'webhooks-slow',
  description: 'lets one receiver of webhooks answer no request, while another one answers',
  async inject(injector, experiment) {
    const other = await WatchedEndpoint.create(injector, ALL_EVENTS);
    await withEndpoint(injector, experiment, async ({ receiver }) => {
      receiver.answer = () => undefined;
      await sleep(secondsOf(experiment) * 1_000);
      await other.expectAllEvents(experiment, { seconds: ORDER_SECONDS });
      receiver.answer = () => ({ status: 204 });
    });
    await other.remove();
  },
};

const webhooksFailing: Fault = {
  name: 'webhooks-failing',
  description:
    'lets the receiver of webhooks answer half of the requests with 500 or a redirect, or close the connection',
  inject: (injector, experiment) =>
    withEndpoint(injector, experiment, async ({ receiver }) => {
      const location = `${receiver.url}/redirected`;
      receiver.answer = () =>
        injector.random.pick([
          { status: 500 },
          { status: 307, headers: { location } },
          'disconnect' as const,
          ...Array.from({ length: 3 }, () => ({ status: 200 })),
        ]);
      await sleep(secondsOf(experiment) * 1_000);
      receiver.answer = () => ({ status: 200 });
      const followed = receiver.requests.filter(({ path }) => path.endsWith('/redirected'));
      experiment.expect(followed.length === 0, 'no redirect is followed');
    }),
};

const webhooksGone: Fault = {
  name: 'webhooks-gone',
  description: 'lets the receiver of webhooks answer 410, and enables the endpoint again later',
  inject: (injector, experiment) =>
    withEndpoint(injector, experiment, async (endpoint) => {
      endpoint.receiver.answer = () => ({ status: 410 });
      await experiment.expectInTime(
        'the endpoint is disabled',
        until('the reason', async () => (await readReason(endpoint)) === 'gone', { seconds: 20 }),
      );
      const { length } = endpoint.receiver.requests;
      await sleep((secondsOf(experiment) * 1_000) / 2);
      const further = endpoint.receiver.requests.length - length;
      experiment.expect(further <= 4, `a disabled endpoint gets no request: ${further}`);
      endpoint.receiver.answer = () => ({ status: 200 });
      await endpoint.call('POST', '/enable');
    }),
};

const readReason = async (endpoint: WatchedEndpoint) =>
  (await endpoint.call<{ disabled_reason: string | null }>('GET')).disabled_reason;

const webhooksKilled: Fault = {
  name: 'webhooks-killed',
  description:
    'kills notify-worker (SIGKILL) while its requests to the receiver of webhooks are unanswered, or just answered',
  inject: (injector, experiment) =>
    withEndpoint(injector, experiment, async ({ receiver }) => {
      const { apps } = injector;
      for (const status of [undefined, 200, 500]) {
        const { restarts } = apps.service('notify-worker');
        let isKilled = false;
        receiver.answer = () => {
          if (!isKilled) setImmediate(() => apps.kill('notify-worker'));
          isKilled = true;
          return status === undefined ? undefined : { status };
        };
        await experiment.expectInTime(
          'notify-worker is killed and started again',
          until('the restart', () => apps.service('notify-worker').restarts > restarts, { seconds: 60 }),
        );
        receiver.answer = () => ({ status: 200 });
        await experiment.expectInTime('notify-worker is ready again', apps.waitUntilReady('notify-worker'));
      }
    }),
};

export const WEBHOOK_FAULTS: Fault[] = [
  webhooksDown,
  webhooksSlow,
  webhooksFailing,
  webhooksGone,
  webhooksKilled,
];
