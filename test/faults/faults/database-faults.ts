import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES } from '../../../apps/manifest.js';
import { haltServer } from '../../../tools/infrastructure/server-signals.js';
import { until } from '../../support/until.js';
import { watchApiDuring } from '../api-watch.js';
import type { Experiment, Fault } from '../experiment.js';
import { APPLICATION_NAME } from '../injector/database.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import { describeAnswers } from '../not-accepted.js';
import { expectDatabaseOutageReported, expectRecovery } from './health-checks.js';

export const postgresStop: Fault = {
  name: 'postgres-stop-immediate',
  description: 'stops PostgreSQL in immediate mode (SIGQUIT), in which it does not close its connections',
  async inject(injector, experiment) {
    const { service } = injector.servers.postgres;
    const endDisruption = injector.mailDisruptions.begin();
    await service.stop(true);
    const seconds = await expectDatabaseOutageReported(injector, experiment, {
      reason: 'the database is unavailable',
      seconds: 15,
    });
    experiment.note(`stopped; reported by all apps after ${seconds} s`);
    await sleep(experiment.short ? 3_000 : 10_000);
    await service.start();
    endDisruption();
    await expectRecovery(injector, experiment);
  },
};

export const backendsTerminated: Fault = {
  name: 'backends-terminated',
  description: 'terminates all connections to the database, as an administrator can do',
  async inject({ database, mailDisruptions }, experiment) {
    for (let round = 0; round < 3; round++) {
      mailDisruptions.recordMoment();
      const [terminated] = await database.query<{ count: number }>(
        `SELECT count(pg_terminate_backend(pid))::int AS count FROM pg_stat_activity
         WHERE application_name <> $1 AND backend_type = 'client backend'`,
        [APPLICATION_NAME],
      );
      experiment.note(`${terminated!.count} terminated`);
      await sleep(1_000);
    }
  },
};

export const commitCut: Fault = {
  name: 'commit-cut',
  description: 'cuts the connection during a commit: the transaction is committed, but the response is lost',
  async inject({ apps, mailDisruptions }, experiment) {
    for (const app of APP_NAMES) {
      const endDisruption = mailDisruptions.begin();
      const rule = apps.proxy(app, 'postgres').addRule({
        match: ({ name }) => name === 'commit',
        when: 'unanswered',
        then: 'cut',
        times: 5,
      });
      const cuts = until('five cuts', () => rule.hits === 5, { seconds: 30 }).then(() => true);
      experiment.recordInjectionPoint(`${app}, five times`, await cuts.catch(() => false));
      endDisruption();
    }
  },
};

export const halfOpenDatabase: Fault = {
  name: 'half-open-database',
  description: 'makes the database silent: no bytes arrive, and no connection is closed',
  async inject(injector, experiment) {
    const proxies = injector.apps.proxiesTo('postgres');
    const endDisruption = injector.mailDisruptions.begin();
    for (const proxy of proxies) proxy.silence();
    const seconds = await expectDatabaseOutageReported(injector, experiment, {
      reason: 'the database is silent',
      seconds: 12,
    });
    experiment.note(`detected by all apps after ${seconds} s`);
    await sleep(5_000);
    for (const proxy of proxies) proxy.endSilence();
    await expectRecovery(injector, experiment, { seconds: 60 });
    endDisruption();
  },
};

/** A request waits for a connection for at most 5 s, and for the response to a query for at most 10 s. */
const MAX_ANSWER_MS = 16_000;
const MAX_GROWTH_MB = 64;

export const databaseHung: Fault = {
  name: 'database-hung',
  description: 'halts PostgreSQL (SIGSTOP) under load: connections stay open, and nothing answers',
  drainsWithin: 180, // at a high rate, thousands of orders and mails wait
  async inject(injector, experiment) {
    const { apps, load, mailDisruptions } = injector;
    const seconds = experiment.short ? 15 : 60;
    const from = load.requests.length;
    const endDisruption = mailDisruptions.begin();
    const api = await watchApiDuring(() => hang(injector, experiment, seconds), apps);
    const requests = load.requests.slice(from);
    await expectRecovery(injector, experiment, { seconds: 60 });
    endDisruption();
    const { description, slowestMs } = await describeAnswers(injector, requests);
    experiment.note(`halted for ${seconds} s; ${description}`);
    experiment.note(`the api used ${api.megabytesBefore} MB before and ${api.maxMegabytes} MB at most`);
    experiment.expect(slowestMs < MAX_ANSWER_MS, `every request is answered within ${MAX_ANSWER_MS} ms`);
    experiment.expect(
      api.maxMegabytes < api.megabytesBefore + MAX_GROWTH_MB,
      `the memory of the api grows by less than ${MAX_GROWTH_MB} MB`,
    );
  },
};

async function hang(injector: FaultInjector, experiment: Experiment, seconds: number) {
  const end = Date.now() + seconds * 1_000;
  const resume = haltServer(injector.servers.postgres.service.pid!);
  try {
    await expectDatabaseOutageReported(injector, experiment, { reason: 'the database hangs', seconds: 12 });
    await sleep(end - Date.now());
  } finally {
    resume();
  }
}
