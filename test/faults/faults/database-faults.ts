import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES } from '../../../apps/manifest.js';
import { until } from '../../support/until.js';
import type { Fault } from '../experiment.js';
import { APPLICATION_NAME } from '../injector/database.js';
import { expectAllNotReady, expectRecovery } from './health-checks.js';

export const postgresStop: Fault = {
  name: 'postgres-stop-immediate',
  description: 'stops PostgreSQL in immediate mode (SIGQUIT), in which it does not close its connections',
  async inject(injector, experiment) {
    const { service } = injector.servers.postgres;
    const endDisruption = injector.mailDisruptions.begin();
    await service.stop(true);
    const seconds = await expectAllNotReady(injector, experiment, {
      reason: 'the database is unavailable',
      seconds: 15,
    });
    experiment.note(`stopped; all apps not ready after ${seconds} s`);
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
    const seconds = await expectAllNotReady(injector, experiment, {
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
