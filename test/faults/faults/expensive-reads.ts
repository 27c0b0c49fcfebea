import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import { watchApiDuring } from '../api-watch.js';
import type { Experiment, Fault } from '../experiment.js';
import type { FaultInjector } from '../injector/fault-injector.js';
import type { OrderItem } from '../load.js';
import { describeAnswers } from '../not-accepted.js';

const LIST_CLIENTS = 50;
const AUDIT_CLIENTS = 16;
/** The api accepts at most this many lines in an order. A page of such orders has the largest size, 500 kB. */
const LINES = 100;
const LARGE_ORDERS = 50;

/** After a refusal, and between the requests of an audit client. */
const PAUSE_MS = 100;

const MAX_ACCEPTANCE_MS = 2_000;
const MAX_HEALTH_MS = 1_000;
/** Memory that the api may need in addition to that before the fault. */
const MAX_GROWTH_MB = 128;

/** Pages of the largest size, by each kind of index. */
const LISTS = [
  '/v1/orders?limit=100',
  '/v1/orders?limit=100&status=processed',
  '/v1/orders?limit=100&created_from=2000-01-01T00:00:00Z',
  `/v1/orders?limit=100&created_to=2100-01-01T00:00:00Z`,
];

export const expensiveReads: Fault = {
  name: 'expensive-reads',
  description: `lists large orders from ${LIST_CLIENTS} clients and requests audits from ${AUDIT_CLIENTS} clients, again and again`,
  async inject(injector, experiment) {
    const { apps, load } = injector;
    await placeLargeOrders(injector);
    const from = load.requests.length;
    const reads = new Reads(apps);
    const api = await watchApiDuring(async () => {
      reads.start();
      await sleep(experiment.short ? 10_000 : 60_000);
      await reads.stop();
    }, apps);
    const requests = load.requests.slice(from);
    const { description, slowestMs } = await describeAnswers(injector, requests);
    experiment.note(`${reads.describe()}; ${description}`);
    const slowestHealthMs = Math.max(...Object.values(api.slowestMs));
    experiment.note(
      `slowest health answer ${slowestHealthMs.toFixed(0)} ms; the api used ${api.megabytesBefore} MB before and ${api.maxMegabytes} MB at most`,
    );
    expectOnlyOverload(experiment, reads);
    experiment.expect(
      requests.length > 0 && requests.every(({ status }) => status === 202) && slowestMs < MAX_ACCEPTANCE_MS,
      `every order is accepted within ${MAX_ACCEPTANCE_MS} ms`,
    );
    experiment.expect(
      slowestHealthMs < MAX_HEALTH_MS && api.healthFailures.size === 0,
      `health is answered with 200 within ${MAX_HEALTH_MS} ms (${[...api.healthFailures].join(', ') || 'slower'})`,
    );
    experiment.expect(
      api.maxMegabytes < api.megabytesBefore + MAX_GROWTH_MB,
      `the memory of the api grows by less than ${MAX_GROWTH_MB} MB`,
    );
    await expectAudited(injector, experiment);
  },
};

async function placeLargeOrders(injector: FaultInjector) {
  const items: OrderItem[] = [];
  for (let index = 0; index < LINES; index++)
    items.push({ product_id: await injector.addProduct(100_000), quantity: 1 });
  const orders = await Promise.all(
    Array.from({ length: LARGE_ORDERS }, () => injector.placeAcceptedOrder(items, 'large')),
  );
  const ids = orders.map(({ id }) => id);
  const areProcessed = async () => (await injector.database.countProcessed(ids)) === ids.length;
  await until('the large orders to be processed', areProcessed, { seconds: 60 });
}

/** Clients that send requests one after the other until they are stopped. */
class Reads {
  /** Number of answers by request and status. */
  readonly answers = new Map<string, number>();
  /** Body of the last answer other than 200 and 202, by status; 0 if there was no answer. */
  readonly refusals = new Map<number, string>();
  private isRunning = true;
  private clients: Promise<void>[] = [];

  constructor(private readonly apps: FaultInjector['apps']) {}

  start() {
    const lists = Array.from({ length: LIST_CLIENTS }, (_, index) => this.list(LISTS[index % LISTS.length]!));
    const audits = Array.from({ length: AUDIT_CLIENTS }, () => this.requestAudits());
    this.clients = [...lists, ...audits];
  }

  async stop() {
    this.isRunning = false;
    await Promise.all(this.clients);
  }

  describe() {
    return [...this.answers].map(([answer, count]) => `${count} times ${answer}`).join(', ');
  }

  private async list(path: string) {
    while (this.isRunning) if ((await this.send('list', 'GET', path)) !== 200) await sleep(PAUSE_MS);
  }

  private async requestAudits() {
    while (this.isRunning) {
      await this.send('audit', 'POST', '/v1/operations/audit');
      await sleep(PAUSE_MS);
    }
  }

  private async send(name: string, method: string, path: string): Promise<number> {
    const { status, body } = await this.apps.callApi(path, { method }).then(
      async (response) => ({ status: response.status, body: await response.text() }),
      (error: Error) => ({ status: 0, body: error.message }),
    );
    const answer = `${name} ${status}`;
    this.answers.set(answer, (this.answers.get(answer) ?? 0) + 1);
    if (status !== 200 && status !== 202) this.refusals.set(status, body);
    return status;
  }
}

/** Expects that some reads are answered, and that the others are refused because of the overload. */
function expectOnlyOverload(experiment: Experiment, { answers, refusals }: Reads) {
  experiment.expect((answers.get('list 200') ?? 0) > 0, 'lists are answered');
  experiment.expect((answers.get('audit 202') ?? 0) > 0, 'audits are accepted');
  for (const [status, body] of refusals)
    experiment.expect(
      status === 503 && body.includes('"overloaded"'),
      `a read is refused only because of overload (${status} ${body.slice(0, 200)})`,
    );
}

async function expectAudited({ apps }: FaultInjector, experiment: Experiment) {
  const audited = until(
    'an audit to be finished',
    async () => {
      const response = await apps.callApi('/v1/operations/audit');
      const { state, reconciles } = (await response.json()) as { state?: string; reconciles?: boolean };
      return state === 'succeeded' && reconciles;
    },
    { seconds: 60 },
  );
  await experiment.expectInTime('the stock ledger reconciles', audited);
}
