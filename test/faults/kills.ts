import { until } from '../support/until.js';
import type { Dependency, Rule } from './proxy.js';
import { APPS, EXCHANGE, type App, type FaultInjector } from './fault-injector.js';
import type { Fault, Trial } from './trial.js';
import type { Step } from './wire.js';

interface Moment {
  moment: string;
  at: Dependency;
  match: (step: Step) => boolean;
  when: Rule['when'];
}

const says =
  (name: string, text = /(?:)/) =>
  (step: Step) =>
    step.name === name && text.test(step.text);
const EVENT = new RegExp(`^${EXCHANGE} `);

/** From a change to the event that tells of it. */
const publishing = (change: RegExp): Moment[] => [
  { moment: 'before the commit', at: 'postgres', match: says('commit', change), when: 'before' },
  { moment: 'committed, not told', at: 'postgres', match: says('commit', change), when: 'unanswered' },
  { moment: 'after the commit', at: 'postgres', match: says('committed', change), when: 'after' },
  { moment: 'before the publish', at: 'rabbitmq', match: says('publish', EVENT), when: 'before' },
  { moment: 'after the publish', at: 'rabbitmq', match: says('published', EVENT), when: 'after' },
  { moment: 'before the confirm', at: 'rabbitmq', match: says('confirm'), when: 'before' },
  { moment: 'after the confirm', at: 'rabbitmq', match: says('confirm'), when: 'after' },
  {
    moment: 'before the outbox row is deleted',
    at: 'postgres',
    match: says('statement', /DELETE FROM outbox/),
    when: 'before',
  },
  {
    moment: 'outbox row deleted, not told',
    at: 'postgres',
    match: says('statement', /DELETE FROM outbox/),
    when: 'unanswered',
  },
];

const consuming: Moment[] = [
  { moment: 'after the delivery', at: 'rabbitmq', match: says('delivered'), when: 'after' },
  { moment: 'before the ack', at: 'rabbitmq', match: says('ack'), when: 'before' },
  { moment: 'after the ack', at: 'rabbitmq', match: says('ack'), when: 'after' },
];

const RECORD = /INSERT INTO notifications/;
const SENT = /UPDATE notifications[^;]*'sent'/;
const mailing: Moment[] = [
  { moment: 'before the record', at: 'postgres', match: says('commit', RECORD), when: 'before' },
  { moment: 'recorded, not told', at: 'postgres', match: says('commit', RECORD), when: 'unanswered' },
  { moment: 'before the end of the mail', at: 'smtp', match: says('mail'), when: 'before' },
  { moment: 'mail taken, not told', at: 'smtp', match: says('mail'), when: 'unanswered' },
  { moment: 'mail taken and told', at: 'smtp', match: says('accepted'), when: 'after' },
  { moment: 'before it is noted as sent', at: 'postgres', match: says('statement', SENT), when: 'before' },
  { moment: 'after it is noted as sent', at: 'postgres', match: says('committed', SENT), when: 'after' },
];

const MOMENTS: Record<App, Moment[]> = {
  api: publishing(/INSERT INTO orders\b/),
  'order-worker': [...consuming, ...publishing(/UPDATE orders\b/)],
  'stock-worker': [...consuming, ...publishing(/UPDATE orders\b/)],
  'notify-worker': [...consuming, ...mailing],
};

/** The worst of them. */
const IN_SHORT = ['committed, not told', 'after the publish', 'before the ack', 'mail taken, not told'];

/** kill -9 at each of its moments, one after the other, each exactly there. */
export const kill = (app: App): Fault => ({
  name: `kill-${app}`,
  breaks: `kill -9 of ${app} at every step`,
  run: (rig, trial) =>
    killAtEach(
      rig,
      trial,
      app,
      MOMENTS[app].filter(({ moment }) => !trial.short || IN_SHORT.includes(moment)),
    ),
});

/** For a short list: all apps, one after the other, with one wait for what they left behind. */
export const killEach: Fault = {
  name: 'kill-each',
  breaks: 'kill -9 of each app at its worst steps',
  async run(rig, trial) {
    for (const app of APPS)
      await killAtEach(
        rig,
        trial,
        app,
        MOMENTS[app].filter(({ moment }) => IN_SHORT.includes(moment)),
      );
  },
};

async function killAtEach(rig: FaultInjector, trial: Trial, app: App, moments: Moment[]) {
  for (const moment of moments) {
    const hit = await killAt(rig, app, moment);
    trial.step(`${app} ${moment.moment}`, hit);
    if (hit) await trial.inTime('it comes back', rig.ready(app));
  }
  trial.did(`${app} killed at ${moments.length} steps`);
}

async function killAt(rig: FaultInjector, app: App, { at, match, when }: Moment): Promise<boolean> {
  const { restarts } = rig.service(app);
  const rule = rig.proxy(app, at).arm({ match, when, then: 'kill' });
  try {
    await until('the step', () => rule.hits > 0, { seconds: 30 });
  } catch {
    rig.proxy(app, at).disarm();
    return false;
  }
  await until(`${app} to be started again`, () => rig.service(app).restarts > restarts, { seconds: 60 });
  return true;
}

/** A message that ends its worker each time it is handled. */
export async function killByMessage(rig: FaultInjector, trial: Trial) {
  const app = 'order-worker';
  const [before] = await rig.sql<{ now: string }>('SELECT clock_timestamp()::text AS now');
  // Held, so that the rule is there before the message.
  rig.service(app).kill('SIGSTOP');
  const { id } = await rig.accepted([{ product_id: rig.shop.plenty[2]!, quantity: 1 }], 'killer');
  const said = new RegExp(`(^|\\D)${id}(\\D|$)`);
  const rule = rig.proxy(app, 'postgres').arm({
    match: ({ name, text, values }) =>
      name === 'statement' && /\borders\b/.test(text) && values.some((value) => said.test(value)),
    when: 'before',
    then: 'kill',
    times: Number.MAX_SAFE_INTEGER,
  });
  rig.service(app).kill('SIGCONT');
  const isKiller = ({ body }: { body: Buffer }) => orderOf(body) === id;
  trial.expectDead(isKiller);
  let parked: Buffer | undefined;
  await trial.inTime(
    'a message that kills its worker is parked, and no other',
    until(
      `order ${id} to be parked`,
      async () => {
        const letters = await rig.newDeadLetters();
        trial.buried(letters.filter((letter) => !isKiller(letter)));
        return (parked ??= letters.find(isKiller)?.body);
      },
      { seconds: trial.short ? 90 : 180 },
    ),
  );
  trial.did(
    `order ${id} killed ${app} ${rule.hits} times; ${parked ? 'then it was parked' : 'it was not parked'}`,
  );
  await trial.inTime(
    'its neighbours go through while it lies there',
    until(
      'orders placed before it was parked to be final',
      async () => {
        const [open] = await rig.sql<{ count: number }>(
          `SELECT count(*)::int AS count FROM orders
           WHERE status IN ('pending', 'reserved') AND id <> $1 AND created_at < $2::timestamptz + interval '5 s'`,
          [id, before!.now],
        );
        return open!.count === 0;
      },
      { seconds: 60 },
    ),
  );
  rig.proxy(app, 'postgres').disarm();
  await trial.inTime('the worker stays alive afterwards', rig.ready(app));
  // What an operator does once the cause is mended.
  if (parked) await rig.publish([{ key: 'order.created', body: parked }]);
}

function orderOf(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString()) as { order_id?: number } | null)?.order_id;
  } catch {
    return undefined;
  }
}
