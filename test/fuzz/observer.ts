import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import { until } from '../support/until.js';
import type { FaultInjector } from '../faults/injector/fault-injector.js';

/** Resident memory of one process above which it counts as unbounded: the heap limit of the apps, and as much again. */
const MAX_MEMORY_MB = 400;
const ORDER_SECONDS = 5;

/** One kind of violation, with the smallest input that caused it. */
export interface Violation {
  /** What is wrong, without the parts that differ from case to case. */
  kind: string;
  count: number;
  /** A command line or a message that reproduces it. */
  reproduction: string;
  detail: string;
}

/** Collects violations of one kind in one entry. */
export class Violations {
  private readonly byKind = new Map<string, Violation>();

  /** @param reproduction the shortest one of each kind is kept */
  add(kind: string, reproduction = '', detail = '') {
    const known = this.byKind.get(kind);
    if (!known) this.byKind.set(kind, { kind, count: 1, reproduction, detail });
    else {
      known.count += 1;
      if (reproduction.length < known.reproduction.length) Object.assign(known, { reproduction, detail });
    }
  }

  get list(): Violation[] {
    return [...this.byKind.values()];
  }
}

/** Watches the system while it gets hostile input: memory, restarts, and one good order per second. */
export class Observer {
  readonly maxMegabytes = new Map<AppName, number>(APP_NAMES.map((app) => [app, 0]));
  /** Seconds until each good order was processed; Infinity if it was not accepted or not processed. */
  readonly orderSeconds: number[] = [];
  private readonly restarts = new Map<AppName, number>(APP_NAMES.map((app) => [app, 0]));
  private readonly pending: Promise<void>[] = [];
  private isStopped = false;
  private running?: Promise<void>;

  constructor(
    private readonly injector: FaultInjector,
    private readonly violations: Violations,
    /** @returns the latest inputs, for the report of a crash or a stall */
    private readonly recentInputs: () => string,
  ) {}

  start() {
    this.running = (async () => {
      while (!this.isStopped) {
        this.pending.push(this.placeGoodOrder());
        for (const app of APP_NAMES) this.checkProcess(app);
        await sleep(1_000);
      }
    })();
  }

  /** Waits for the last orders. */
  async stop() {
    this.isStopped = true;
    await this.running;
    await Promise.all(this.pending);
  }

  private checkProcess(app: AppName) {
    const { apps } = this.injector;
    const { restarts } = apps.service(app);
    if (restarts > this.restarts.get(app)!) {
      this.restarts.set(app, restarts);
      this.violations.add(`${app} died`, this.recentInputs(), JSON.stringify(apps.service(app).ended));
    }
    const megabytes = apps.memoryMegabytes(app);
    if (megabytes > MAX_MEMORY_MB)
      this.violations.add(
        `${app} uses more than ${MAX_MEMORY_MB} MB`,
        this.recentInputs(),
        `${megabytes} MB`,
      );
    this.maxMegabytes.set(app, Math.max(megabytes, this.maxMegabytes.get(app)!));
  }

  private async placeGoodOrder() {
    const { load, database, products } = this.injector;
    const inputs = this.recentInputs();
    const from = Date.now();
    const request = await load.placeOrder([{ product_id: products.plentiful[0]!, quantity: 1 }], 'good');
    const { id, status, error } = request;
    if (id === undefined) {
      this.orderSeconds.push(Infinity);
      return this.violations.add('a good order was refused', inputs, `${status} ${error ?? ''}`);
    }
    const isProcessed = async () => (await database.countProcessed([id])) === 1;
    await until('the order', isProcessed, { seconds: 60 }).catch(() => undefined);
    const seconds = (await isProcessed()) ? (Date.now() - from) / 1_000 : Infinity;
    this.orderSeconds.push(seconds);
    if (seconds > ORDER_SECONDS)
      this.violations.add(
        `a good order took more than ${ORDER_SECONDS} s`,
        inputs,
        `order ${id}: ${seconds} s`,
      );
  }
}
