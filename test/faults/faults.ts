import { randomBytes } from 'node:crypto';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { unpackDebianPackage } from '../../tools/infrastructure/debian-packages.js';
import { until } from '../support/until.js';
import { kill, killByMessage, killEach } from './kills.js';
import { APPS, eventIdOf, QUEUE_OF, WORKERS, type App, type FaultInjector } from './fault-injector.js';
import { rollOut } from './roll-out.js';
import type { Fault, Trial } from './trial.js';
import { drain } from './trial.js';

/** Of the broker; a dead peer is noticed within two. */
const HEARTBEAT_SECONDS = 5;
const all = (work: (app: App) => Promise<unknown>) => Promise.all(APPS.map(work));
const line = (product_id: number, quantity = 1) => ({ product_id, quantity });

async function allRed(rig: FaultInjector, trial: Trial, apps: readonly App[], seconds: number, why: string) {
  const from = Date.now();
  await Promise.all(
    apps.map((app) => trial.inTime(`${app} says that it isn't ready when ${why}`, rig.red(app, seconds))),
  );
  return ((Date.now() - from) / 1_000).toFixed(1);
}

async function allWithoutBroker(rig: FaultInjector, trial: Trial, seconds: number) {
  const from = Date.now();
  await all((app) => trial.inTime(`${app} says that the broker is away`, rig.withoutBroker(app, seconds)));
  return ((Date.now() - from) / 1_000).toFixed(1);
}

const stopCont: Fault = {
  name: 'stop-cont',
  breaks: 'a worker halted (SIGSTOP) for a minute',
  async run(rig, trial) {
    const seconds = trial.short ? 25 : 60;
    for (const app of trial.short ? [rig.random.pick(WORKERS)] : WORKERS) {
      // What it sent and couldn't note before the broker gave its messages to nobody else is its own to find out.
      const noted = app === 'notify-worker' ? rig.disrupt() : () => undefined;
      rig.service(app).kill('SIGSTOP');
      await sleep(seconds * 1_000);
      rig.service(app).kill('SIGCONT');
      noted();
      trial.did(`${app} stood still for ${seconds} s`);
    }
  },
};

const brokerRestart: Fault = {
  name: 'broker-restart',
  breaks: 'RabbitMQ stopped and started',
  async run(rig, trial) {
    await rig.rabbitmq.service.stop();
    trial.did(`stopped; all say so after ${await allWithoutBroker(rig, trial, 15)} s`);
    await sleep(3_000);
    await rig.rabbitmq.service.start();
    trial.mended();
    await trial.inTime(
      'all are ready again',
      all((app) => rig.ready(app, 30)),
    );
  },
};

const brokerKill: Fault = {
  name: 'broker-kill',
  breaks: 'kill -9 of RabbitMQ',
  async run(rig, trial) {
    await rig.rabbitmq.service.stop(true);
    trial.did(`killed; all say so after ${await allWithoutBroker(rig, trial, 15)} s`);
    await rig.rabbitmq.service.start();
    trial.mended();
    await trial.inTime(
      'all are ready again',
      all((app) => rig.ready(app, 30)),
    );
  },
};

const connectionCut: Fault = {
  name: 'connection-cut',
  breaks: 'connections to the broker cut in the middle of a batch',
  async run(rig, trial) {
    for (const app of APPS) {
      const rule = rig.proxy(app, 'rabbitmq').arm({
        // In the middle of a message even: after its first frame.
        match: ({ name }) => name === (app === 'api' ? 'publish' : 'deliver'),
        ...{ when: 'after', then: 'cut', skip: 7 },
      });
      const hit = until('the cut', () => rule.hits > 0, { seconds: 30 }).then(() => true);
      trial.step(
        `${app} after ${app === 'api' ? 'the first frame of a publish' : 'some deliveries'}`,
        await hit.catch(() => false),
      );
    }
    for (const proxy of rig.proxiesTo('rabbitmq')) proxy.cut();
    trial.did('then all connections at once');
    trial.mended();
    await trial.inTime(
      'all are ready again',
      all((app) => rig.ready(app, 30)),
    );
  },
};

/** The consumer is gone while its connection stands: red, and consuming again within 5 s. */
async function loseConsumer(
  rig: FaultInjector,
  trial: Trial,
  app: (typeof WORKERS)[number],
  lose: () => Promise<unknown>,
) {
  const red = rig.red(app, 5);
  // Looked at below; until then a failure must not count as nobody's.
  red.catch(() => undefined);
  await lose();
  const from = Date.now();
  await trial.inTime(`${app} says that it isn't consuming`, red);
  await trial.inTime(`${app} consumes again within 5 s`, rig.ready(app, 5));
  trial.did(`${app} is back after ${((Date.now() - from) / 1_000).toFixed(1)} s`);
}

const queueDeleted: Fault = {
  name: 'queue-deleted',
  breaks: 'a queue deleted with what is in it',
  async run(rig, trial) {
    for (const app of trial.short ? (['stock-worker'] as const) : WORKERS) {
      const queue = QUEUE_OF[app];
      await loseConsumer(rig, trial, app, () =>
        rig.management('DELETE', `/api/queues/${rig.vhostPath}/${queue}`),
      );
    }
  },
};

const consumerCancelled: Fault = {
  name: 'consumer-cancelled',
  breaks: 'a consumer cancelled by the server',
  async run(rig, trial) {
    for (const app of WORKERS) {
      await loseConsumer(rig, trial, app, () => {
        rig.proxy(app, 'rabbitmq').cancelConsumers();
        return Promise.resolve();
      });
    }
  },
};

const postgresStop: Fault = {
  name: 'postgres-stop-immediate',
  breaks: 'PostgreSQL stopped without a goodbye (SIGQUIT)',
  async run(rig, trial) {
    const back = rig.disrupt();
    await rig.postgres.service.stop(true);
    trial.did(`stopped; all not ready after ${await allRed(rig, trial, APPS, 15, 'the database is away')} s`);
    await sleep(trial.short ? 3_000 : 10_000);
    await rig.postgres.service.start();
    back();
    trial.mended();
    await trial.inTime(
      'all are ready again',
      all((app) => rig.ready(app, 30)),
    );
  },
};

const backendsTerminated: Fault = {
  name: 'backends-terminated',
  breaks: 'all connections to the database terminated by an administrator',
  async run(rig, trial) {
    for (let round = 0; round < 3; round++) {
      rig.disrupt()();
      const [ended] = await rig.sql<{ count: number }>(
        `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
         WHERE application_name <> 'rig' AND backend_type = 'client backend'`,
      );
      trial.did(`${ended!.count} terminated`);
      await sleep(1_000);
    }
  },
};

const commitCut: Fault = {
  name: 'commit-cut',
  breaks: 'the connection lost while committing: committed, and the answer never comes',
  async run(rig, trial) {
    for (const app of APPS) {
      const over = rig.disrupt();
      const rule = rig
        .proxy(app, 'postgres')
        .arm({ match: ({ name }) => name === 'commit', when: 'unanswered', then: 'cut', times: 5 });
      const hit = until('five cuts', () => rule.hits === 5, { seconds: 30 }).then(() => true);
      trial.step(`${app}, five times`, await hit.catch(() => false));
      over();
    }
  },
};

const halfOpenBroker: Fault = {
  name: 'half-open-broker',
  breaks: 'the broker falls silent: no bytes, no end of the connection',
  async run(rig, trial) {
    for (const proxy of rig.proxiesTo('rabbitmq')) proxy.goSilent();
    const noticed = await allWithoutBroker(rig, trial, 2 * HEARTBEAT_SECONDS + 2);
    trial.did(`noticed by all after ${noticed} s`);
    for (const proxy of rig.proxiesTo('rabbitmq')) proxy.speakAgain();
    trial.mended();
    await trial.inTime(
      'all are ready again',
      all((app) => rig.ready(app, 30)),
    );
  },
};

const halfOpenDatabase: Fault = {
  name: 'half-open-database',
  breaks: 'the database falls silent: no bytes, no end of the connection',
  async run(rig, trial) {
    const speaks = rig.disrupt();
    for (const proxy of rig.proxiesTo('postgres')) proxy.goSilent();
    trial.did(`noticed by all after ${await allRed(rig, trial, APPS, 12, 'the database is silent')} s`);
    await sleep(5_000);
    for (const proxy of rig.proxiesTo('postgres')) proxy.speakAgain();
    trial.mended();
    await trial.inTime(
      'all are ready again',
      all((app) => rig.ready(app, 60)),
    );
    speaks();
  },
};

const duplicates: Fault = {
  name: 'duplicates',
  breaks: 'messages delivered 2 to 5 times more, shuffled',
  async run(rig, trial) {
    await until('messages to repeat', () => rig.day.size > 100, { seconds: 60 });
    const recent = [...rig.day.values()].slice(trial.short ? -150 : -600);
    const copies = recent.flatMap((message) =>
      Array.from({ length: rig.random.between(2, 5) }, () => message),
    );
    await rig.publish(rig.random.shuffle(copies));
    trial.did(`${copies.length} copies of ${recent.length} messages`);
  },
};

const BAD_BODIES: [string, (key: string) => Buffer][] = [
  ['bad JSON', (key) => Buffer.from(`{"event": "${key}", `)],
  ['null', () => Buffer.from('null')],
  ['an unknown event', () => Buffer.from('{"event": "order.dreamt", "order_id": 1}')],
  ['wrong types', (key) => Buffer.from(`{"event": "${key}", "order_id": "one", "items": 7}`)],
  ['5 MB', () => randomBytes(5_000_000)],
];

const poison: Fault = {
  name: 'poison',
  breaks: 'messages that nobody can handle, one of which kills its worker',
  async run(rig, trial) {
    const bad = ['order.created', 'stock.reserve', 'order.processed'].flatMap((key) =>
      BAD_BODIES.map(([what, bodyFor]) => ({ what, key, body: bodyFor(key) })),
    );
    const isBad = ({ body }: { body: Buffer }) => bad.some((each) => each.body.equals(body));
    trial.expectDead(isBad);
    await rig.publish(bad);
    const found: { reason: string; body: Buffer }[] = [];
    await trial.inTime(
      'each is parked',
      until(
        `${bad.length} dead letters`,
        async () => {
          const letters = await rig.newDeadLetters();
          found.push(...letters.filter(isBad));
          trial.buried(letters.filter((letter) => !isBad(letter)));
          return found.length >= bad.length;
        },
        { seconds: 60 },
      ),
    );
    for (const { what, key, body } of bad) {
      const letters = found.filter((each) => each.body.equals(body));
      const known = bad.filter((each) => each.body.equals(body)).length;
      trial.expect(letters.length === known, `${what} to ${key} is parked once, with its bytes`);
      trial.expect(
        letters.every(({ reason }) => /\w/.test(reason)),
        `${what} to ${key} is parked with a reason`,
      );
    }
    trial.did(`${found.length} of ${bad.length} parked with reason and bytes`);
    await killByMessage(rig, trial);
  },
};

const MAX_MEMORY_MB = 200;

const backlog: Fault = {
  name: 'backlog',
  breaks: '100,000 messages waiting',
  drainsWithin: 900,
  async run(rig, trial) {
    const wanted = trial.short ? 20_000 : 100_000;
    for (const app of WORKERS) await rig.stopApp(app);
    const messages = [...rig.day.values()];
    for (let sent = 0; sent < wanted;) {
      const some = Array.from(
        { length: Math.min(5_000, wanted - sent) },
        (_, i) => messages[(sent + i) % messages.length]!,
      );
      await rig.publish(some);
      sent += some.length;
    }
    await until('them to wait', async () => (await rig.waiting()) >= wanted * 0.95, { seconds: 30 });
    trial.did(`${await rig.waiting()} messages waiting, repeats among orders that came meanwhile`);
    for (const app of WORKERS) await rig.restartApp(app);
    trial.mended();
    const most = new Map(WORKERS.map((app) => [app, 0]));
    await trial.inTime(
      'they are handled',
      until(
        'the queues to be short',
        async () => {
          for (const app of WORKERS) most.set(app, Math.max(most.get(app)!, rig.memory(app)));
          await sleep(450);
          return (await rig.waiting()) < 100;
        },
        { seconds: 900 },
      ),
    );
    for (const [app, megabytes] of most) {
      trial.did(`${app} used ${megabytes} MB at most`);
      trial.expect(megabytes > 0 && megabytes < MAX_MEMORY_MB, `${app} stays below ${MAX_MEMORY_MB} MB`);
    }
  },
};

/** The broker takes nothing: orders are accepted all the same, and health says so without being red. */
async function alarm(
  rig: FaultInjector,
  trial: Trial,
  name: 'mem_alarm' | 'disk_free_alarm',
  set: string,
  clear: string,
  module: string,
  call: string,
) {
  await rig.rpc(module, call, set);
  await until(`the ${name}`, async () => {
    const nodes = await rig.management<Record<string, boolean>[]>('GET', '/api/nodes');
    return nodes[0]![name];
  });
  const from = rig.load.placed.length;
  await sleep(trial.short ? 5_000 : 15_000);
  const answers = rig.load.placed.slice(from).map(({ status }) => status);
  trial.did(`${answers.length} orders placed while the broker took nothing`);
  trial.expect(
    answers.length > 0 && answers.every((status) => status === 202 || status === 0),
    'the api accepts while the broker takes nothing',
  );
  trial.expect(
    answers.filter((status) => status === 0).length <= 20,
    'the api answers while the broker takes nothing',
  );
  for (const app of APPS) {
    const { status, text } = await rig.health(app);
    trial.expect(
      status === 200,
      `${app} is not red because the broker takes nothing (${status} ${text.slice(0, 300)})`,
    );
    trial.expect(
      /block|alarm|takes no|memory|disk|degraded|yellow/i.test(text),
      `${app} tells in its health that the broker takes nothing`,
    );
  }
  await rig.rpc(module, call, clear);
  trial.mended();
}

const alarmMemory: Fault = {
  name: 'alarm-memory',
  breaks: "the broker's memory alarm",
  run: (rig, trial) =>
    alarm(rig, trial, 'mem_alarm', '[0.00001]', '[0.4]', 'vm_memory_monitor', 'set_vm_memory_high_watermark'),
};

const alarmDisk: Fault = {
  name: 'alarm-disk',
  breaks: "the broker's disk alarm",
  run: (rig, trial) =>
    alarm(
      rig,
      trial,
      'disk_free_alarm',
      '[1000000000000000]',
      '[50000000]',
      'rabbit_disk_monitor',
      'set_disk_free_limit',
    ),
};

interface Binding {
  source: string;
  destination: string;
  routing_key: string;
  properties_key: string;
}

const bindingMissing: Fault = {
  name: 'binding-missing',
  breaks: 'the bindings of the events taken away under load',
  async run(rig, trial) {
    const exchange = `/api/bindings/${rig.vhostPath}/e/stock_events/q`;
    const bindings = (
      await rig.management<Binding[]>('GET', `/api/exchanges/${rig.vhostPath}/stock_events/bindings/source`)
    ).filter(({ destination }) => Object.values<string>(QUEUE_OF).includes(destination));
    for (const { destination, properties_key } of bindings)
      await rig.management('DELETE', `${exchange}/${destination}/${properties_key}`);
    await sleep(8_000);
    for (const { destination, routing_key } of bindings)
      await rig.management('POST', `${exchange}/${destination}`, { routing_key });
    trial.mended();
    const kept = await rig.readyIn('unrouted_queue');
    trial.did(`${bindings.length} bindings away for 8 s; ${kept} messages kept in unrouted_queue`);
  },
};

const publisherFirst: Fault = {
  name: 'publisher-first',
  breaks: 'the api started alone on an empty broker, the workers later',
  async run(rig, trial) {
    await rig.load.stop();
    await drain(rig, Date.now() + 60_000);
    await all((app) => rig.stopApp(app));
    await rig.moveToVhost(`rig-${Date.now()}`);
    await rig.restartApp('api');
    rig.resumeLoad();
    await sleep(5_000);
    await rig.load.stop();
    trial.did('orders placed for 5 s with nobody to work');
    for (const app of WORKERS) await rig.restartApp(app);
    trial.mended();
    rig.resumeLoad();
  },
};

const HOUR_MS = 3_600_000;

const clock: Fault = {
  name: 'clock',
  breaks: 'the clock of one process an hour off',
  async run(rig, trial) {
    const library = await libfaketime(rig);
    for (const app of trial.short ? (['stock-worker'] as const) : APPS) {
      const { env } = rig.service(app).recipe;
      const off = rig.random.pick(['+1h', '-1h']);
      await rig.stopApp(app);
      Object.assign(env, { LD_PRELOAD: library, FAKETIME: off, FAKETIME_DONT_FAKE_MONOTONIC: '1' });
      await rig.restartApp(app);
      const response = await fetch(`${rig.url(app)}/health/live`);
      const wrong = Date.parse(response.headers.get('date') ?? '') - Date.now();
      trial.expect(
        Math.abs(Math.abs(wrong) - HOUR_MS) < 60_000,
        `the clock of ${app} is an hour off (${wrong} ms)`,
      );
      await sleep(5_000);
      const { done, left } = await drain(rig, Date.now() + 60_000);
      trial.expect(done, `not drained while the clock of ${app} is off by ${off}: ${left}`);
      for (const name of ['LD_PRELOAD', 'FAKETIME', 'FAKETIME_DONT_FAKE_MONOTONIC']) delete env[name];
      await rig.stopApp(app);
      await rig.restartApp(app);
      trial.did(`${app} ran at ${off}`);
    }
  },
};

async function libfaketime(rig: FaultInjector): Promise<string> {
  const { root } = await unpackDebianPackage(rig.options.root, 'libfaketime', /^$/, rig.options.say);
  const found = readdirSync(join(root, 'usr', 'lib'), { recursive: true }).find((name) =>
    /faketime\/libfaketime\.so\.1$/.test(String(name)),
  );
  if (!found) throw new Error('the package holds no libfaketime.so.1');
  return join(root, 'usr', 'lib', String(found));
}

const rollingRestart: Fault = {
  name: 'rolling-restart',
  breaks: 'each worker stopped (SIGTERM) and started, again and again, under load',
  async run(rig, trial) {
    let [redelivered, takenBack] = [0, 0];
    const rounds = trial.short ? 2 : 10;
    for (const app of WORKERS) {
      const delivered = new Set<string>();
      const unwatch = rig.proxy(app, 'rabbitmq').onStep((step) => {
        if (step.name !== 'delivered') return;
        const id = eventIdOf(step.body!);
        // At a basic.cancel the broker takes back what is still on its own way to the channel, and marks it as
        // redelivered though it never left the broker (rabbit_fifo_client, rabbitmq-server#3729).
        if (step.redelivered && delivered.has(id)) redelivered += 1;
        else if (step.redelivered) takenBack += 1;
        delivered.add(id);
      });
      for (let round = 0; round < rounds; round++) {
        const code = await rig.stopApp(app);
        trial.expect(code === 0, `${app} ends with 0 (${code})`);
        await rig.restartApp(app);
      }
      unwatch();
    }
    trial.did(
      `${rounds} times each; ${redelivered} messages redelivered, ${takenBack} taken back by the broker before it sent them`,
    );
    trial.expect(redelivered === 0, 'nothing is redelivered of what was drained');
  },
};

const mailDown: Fault = {
  name: 'mail-down',
  breaks: 'the mail server away, busy (421, 451), and refusing some for good (550)',
  async run(rig, trial) {
    const [one] = rig.shop.plenty;
    await rig.sink.stop();
    const { id } = await rig.accepted([line(one!)]);
    await trial.inTime(
      'orders are processed while the mail server is away',
      until('the order to be processed', () => isProcessed(rig, id), { seconds: 20 }),
    );
    await sleep(5_000);
    await rig.sink.start();
    rig.sink.mood = { greeting: { code: 421, text: 'too busy' } };
    await sleep(5_000);
    rig.sink.mood = {
      recipient: (address) => {
        if (address.startsWith('refused-')) return { code: 550, text: 'no such mailbox' };
        return address.startsWith('later-') ? { code: 451, text: 'try again later' } : undefined;
      },
    };
    const place = (name: string) =>
      Promise.all(Array.from({ length: 5 }, () => rig.accepted([line(one!)], name)));
    const refused = await place('refused');
    await place('later');
    await until('one to be asked for later', () => rig.sink.asked.some((to) => to.startsWith('later-')), {
      seconds: 30,
    });
    await sleep(2_000);
    const { recipient } = rig.sink.mood;
    rig.sink.mood = {
      recipient: (address) => (address.startsWith('refused-') ? recipient!(address) : undefined),
    };
    trial.mended();
    trial.did('away for 5 s, 421 for 5 s, then 451 and 550 for some');
    await trial.inTime(
      'a refusal for good is noted as such',
      until(
        'the notifications to be failed',
        async () => {
          const rows = await rig.sql<{ state: string }>(
            'SELECT state FROM notifications WHERE order_id = ANY($1)',
            [refused.map((each) => each.id)],
          );
          return rows.length === 5 && rows.every(({ state }) => state === 'failed');
        },
        { seconds: 60 },
      ),
    );
    for (const { email } of refused) {
      const times = rig.sink.asked.filter((to) => to === email).length;
      trial.expect(times === 1, `a refusal for good is not tried again (${times} times)`);
    }
  },
};

async function isProcessed(rig: FaultInjector, id: number) {
  return (await rig.sql(`SELECT 1 FROM orders WHERE id = $1 AND status = 'processed'`, [id])).length > 0;
}

const deadlock: Fault = {
  name: 'deadlock',
  breaks: '200 carts over the same two products, in opposite order',
  async run(rig, trial) {
    const [a, b] = [await rig.addProduct(10_000), await rig.addProduct(10_000)];
    const count = async () => {
      const [row] = await rig.sql<{ deadlocks: number }>(
        'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
      );
      return row!.deadlocks;
    };
    const before = await count();
    const placed = await Promise.all(
      Array.from({ length: 200 }, (_, i) => rig.load.place(i % 2 ? [line(a), line(b)] : [line(b), line(a)])),
    );
    const ids = placed.flatMap(({ id }) => (id === undefined ? [] : [id]));
    trial.expect(ids.length === 200, `all 200 are accepted (${ids.length})`);
    await trial.inTime(
      'all are processed',
      until(
        '200 orders to be processed',
        async () =>
          (await rig.sql(`SELECT 1 FROM orders WHERE id = ANY($1) AND status = 'processed'`, [ids]))
            .length === ids.length,
        { seconds: 60 },
      ),
    );
    // The statistics come a second late.
    await sleep(1_500);
    const found = (await count()) - before;
    trial.did(`${ids.length} orders, ${found} deadlocks`);
    trial.expect(found === 0, `no deadlock (${found})`);
  },
};

const lastUnits: Fault = {
  name: 'last-units',
  breaks: '500 orders at once for the last 50 units',
  async run(rig, trial) {
    const product = await rig.addProduct(50);
    const placed = await Promise.all(Array.from({ length: 500 }, () => rig.load.place([line(product)])));
    const ids = placed.flatMap(({ id }) => (id === undefined ? [] : [id]));
    trial.expect(ids.length === 500, `all 500 are accepted (${ids.length})`);
    const states = async () => {
      const rows = await rig.sql<{
        status: string;
        rejection: { product_id: number; reason: string }[] | null;
      }>('SELECT status, rejection FROM orders WHERE id = ANY($1)', [ids]);
      return {
        processed: rows.filter(({ status }) => status === 'processed').length,
        rejected: rows.filter(
          ({ status, rejection }) =>
            status === 'rejected' &&
            rejection?.some(({ product_id, reason }) => product_id === product && reason === 'out_of_stock'),
        ).length,
      };
    };
    await trial.inTime(
      'each is processed or rejected',
      until(
        'all to be final',
        async () => {
          const { processed, rejected } = await states();
          return processed + rejected === ids.length;
        },
        { seconds: 60 },
      ),
    );
    const { processed, rejected } = await states();
    trial.did(`${processed} processed, ${rejected} rejected with the reason`);
    trial.expect(
      processed === 50 && rejected === 450,
      `exactly 50 processed and 450 rejected (${processed}, ${rejected})`,
    );
  },
};

export const FAULTS: Fault[] = [
  ...APPS.map(kill),
  stopCont,
  brokerRestart,
  brokerKill,
  connectionCut,
  queueDeleted,
  consumerCancelled,
  postgresStop,
  backendsTerminated,
  commitCut,
  halfOpenBroker,
  halfOpenDatabase,
  duplicates,
  poison,
  backlog,
  alarmMemory,
  alarmDisk,
  bindingMissing,
  publisherFirst,
  clock,
  rollingRestart,
  rollOut,
  mailDown,
  deadlock,
  lastUnits,
];

/** Part of no round, which has each of what they do by itself. */
export const ONLY_BY_NAME: Fault[] = [killEach];
