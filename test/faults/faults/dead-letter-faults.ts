import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf } from '@estoque/messaging';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { probeOrdersDuring } from '../order-probe.js';

const REASON = 'fault_replay';
const PARALLEL_JOBS = 16;
const PARALLEL_REPLAYS = 16;
const ORDER_SECONDS = 5;
const { returnExchange } = topologyOf(EXCHANGE, catalogue);
/** 600 dead letters at 100 a second, with time for a busy machine. */
const REPLAY_SECONDS = 120;

/** Moves copies of handled events to the dead letter queue, as their worker would, and waits until they are collected. */
async function createDeadLetters({ broker, database, recordedEvents }: FaultInjector, count: number) {
  const created = () =>
    [...recordedEvents.values()].filter(({ routingKey }) => routingKey === 'order.created');
  await until('an event to copy', () => created().length > 0, { seconds: 60 });
  const { routingKey, body } = created()[0]!;
  const headers = {
    dead_letter_from: 'order_queue',
    dead_letter_code: REASON,
    dead_letter_reason: 'injected',
  };
  await broker.withChannel(async (channel) => {
    for (let index = 0; index < count; index++) {
      const options = { persistent: true, messageId: `${REASON}-${index}`, headers };
      channel.publish(`${EXCHANGE}.dead`, routingKey, body, options);
    }
    await channel.waitForConfirms();
  });
  const find = () =>
    database.query<{ id: number }>(
      `SELECT id::int FROM dead_letters WHERE reason = $1 AND state = 'open' ORDER BY id`,
      [REASON],
    );
  return until(
    'the dead letters to be collected',
    async () => {
      const rows = await find();
      return rows.length === count && rows.map(({ id }) => id);
    },
    { seconds: 60 },
  );
}

/** Replays every dead letter from many clients at once: all of them by jobs, and each one by itself. */
async function replayInParallel({ apps }: FaultInjector, ids: number[]) {
  const post = (path: string, body: object) =>
    apps
      .callApi(`/v1/dead-letters/${path}`, {
        method: 'POST',
        body: JSON.stringify({ by: 'fault injector', ...body }),
      })
      .then((response) => response.arrayBuffer())
      // The dead letters show what was replayed.
      .catch(() => undefined);
  const replayEach = async () => {
    for (const id of ids) await post(`${id}/replay`, {});
  };
  await Promise.all([
    ...Array.from({ length: PARALLEL_JOBS }, () => post('replay', { filter: { reason: REASON } })),
    ...Array.from({ length: PARALLEL_REPLAYS }, replayEach),
  ]);
}

async function replayAll(injector: FaultInjector, experiment: Experiment, ids: number[]) {
  await replayInParallel(injector, ids);
  await experiment.expectInTime(
    'all dead letters are replayed',
    until(
      'no open dead letter',
      async () => {
        const [row] = await injector.database.query<{ open: number }>(
          `SELECT count(*)::int AS open FROM dead_letters WHERE reason = $1 AND state = 'open'`,
          [REASON],
        );
        return row!.open === 0;
      },
      { seconds: REPLAY_SECONDS },
    ),
  );
}

export const deadLetterReplay: Fault = {
  name: 'dead-letter-replay',
  description: `replays hundreds of dead letters by ${PARALLEL_JOBS} jobs and ${PARALLEL_REPLAYS} clients at once`,
  async inject(injector, experiment) {
    experiment.expectDeadLetters(({ reason }) => reason.includes(REASON));
    const ids = await createDeadLetters(injector, experiment.short ? 300 : 600);
    let published = 0;
    const stopCounting = injector.apps.proxy('api', 'rabbitmq').onStep(({ name, text }) => {
      if (name === 'published' && text.startsWith(`${returnExchange} `)) published += 1;
    });
    const replay = () => replayAll(injector, experiment, ids);
    const { slowest } = await probeOrdersDuring(replay, injector, { maxSeconds: ORDER_SECONDS });
    stopCounting();
    experiment.note(`${ids.length} dead letters, published ${published} times`);
    experiment.note(`an order took at most ${slowest.toFixed(1)} s`);
    experiment.expect(published === ids.length, 'each dead letter is published once');
    experiment.expect(slowest <= ORDER_SECONDS, `orders are processed within ${ORDER_SECONDS} s`);
  },
};
