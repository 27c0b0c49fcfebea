import { APP_NAMES, type AppName } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { killPoints, type KillPoint } from './kill-points.js';

/** @returns a fault that kills the app at each of its kill points, one after the other */
export const killApp = (app: AppName): Fault => ({
  name: `kill-${app}`,
  description: `kills ${app} (SIGKILL) at every step`,
  inject: (injector, experiment) =>
    killAtPoints(injector, experiment, app, killPoints(app, { onlyCritical: experiment.short })),
});

/**
 * For `npm test`: kills all apps at their most critical points, at the same time, and waits only once until the system is
 * drained.
 */
export const killEach: Fault = {
  name: 'kill-each',
  description: 'kills all apps (SIGKILL) at their most critical steps, at the same time',
  async inject(injector, experiment) {
    await Promise.all(
      APP_NAMES.map((app) =>
        killAtPoints(injector, experiment, app, killPoints(app, { onlyCritical: true })),
      ),
    );
  },
};

async function killAtPoints(
  injector: FaultInjector,
  experiment: Experiment,
  app: AppName,
  points: KillPoint[],
) {
  let kills = 0;
  for (const point of points) {
    const hit = await killAt(injector, app, point);
    experiment.recordInjectionPoint(`${app} ${point.name}`, hit, point);
    if (!hit) continue;
    kills += 1;
    await experiment.expectInTime(`${app} is ready again`, injector.apps.waitUntilReady(app));
  }
  experiment.note(`${app} killed at ${kills} steps`);
}

/** @returns whether the app reached the point in time and was killed there */
async function killAt(
  { apps }: FaultInjector,
  app: AppName,
  { dependency, match, when, optional }: KillPoint,
): Promise<boolean> {
  const { restarts } = apps.service(app);
  const proxy = apps.proxy(app, dependency);
  const rule = proxy.addRule({ match, when, then: 'kill' });
  try {
    await until('the kill point', () => rule.hits > 0, { seconds: optional ? 10 : 30 });
  } catch {
    proxy.removeRules();
    return false;
  }
  await until(`${app} to be started again`, () => apps.service(app).restarts > restarts, { seconds: 60 });
  return true;
}

/** A message that kills its worker each time it is handled must be dead-lettered, without harm to other messages. */
export async function killByMessage(injector: FaultInjector, experiment: Experiment) {
  const app = 'order-worker';
  const { apps, broker, database } = injector;
  const [start] = await database.query<{ time: string }>('SELECT clock_timestamp()::text AS time');
  // The worker is halted until the rule exists. Otherwise it could handle the message earlier.
  apps.service(app).kill('SIGSTOP');
  const item = { product_id: injector.products.plentiful[2]!, quantity: 1 };
  const { id } = await injector.placeAcceptedOrder([item], 'crashing');
  const containsId = new RegExp(`(^|\\D)${id}(\\D|$)`);
  const rule = apps.proxy(app, 'postgres').addRule({
    match: ({ name, text, values }) =>
      name === 'statement' && /\borders\b/.test(text) && values.some((value) => containsId.test(value)),
    when: 'before',
    then: 'kill',
    times: Number.MAX_SAFE_INTEGER,
  });
  apps.service(app).kill('SIGCONT');
  const isCrashingMessage = ({ body }: { body: Buffer }) => readOrderId(body) === id;
  experiment.expectDeadLetters(isCrashingMessage);
  let deadLetteredBody: Buffer | undefined;
  await experiment.expectInTime(
    'a message that kills its worker is dead-lettered, and no other message',
    until(
      `order ${id} to be dead-lettered`,
      async () => {
        const deadLetters = await broker.takeNewDeadLetters();
        experiment.failForDeadLetters(deadLetters.filter((deadLetter) => !isCrashingMessage(deadLetter)));
        return (deadLetteredBody ??= deadLetters.find(isCrashingMessage)?.body);
      },
      { seconds: experiment.short ? 90 : 180 },
    ),
  );
  experiment.note(
    `order ${id} killed ${app} ${rule.hits} times; then it was ${deadLetteredBody ? '' : 'not '}dead-lettered`,
  );
  await experiment.expectInTime(
    'other messages are handled while the message is a dead letter',
    until(
      'orders placed before the dead letter to be final',
      async () => {
        const [open] = await database.query<{ count: number }>(
          `SELECT count(*)::int AS count FROM orders
           WHERE status IN ('pending', 'reserved') AND id <> $1 AND created_at < $2::timestamptz + interval '5 s'`,
          [id, start!.time],
        );
        return open!.count === 0;
      },
      { seconds: 60 },
    ),
  );
  apps.proxy(app, 'postgres').removeRules();
  await experiment.expectInTime('the worker keeps running afterwards', apps.waitUntilReady(app));
  // As an operator replays it after the cause is fixed.
  if (deadLetteredBody) await broker.publish([{ routingKey: 'order.created', body: deadLetteredBody }]);
}

function readOrderId(body: Buffer): unknown {
  try {
    return (JSON.parse(body.toString()) as { order_id?: number } | null)?.order_id;
  } catch {
    return undefined;
  }
}
