import { setTimeout as sleep } from 'node:timers/promises';
import { APP_NAMES, type AppName } from '../../apps/manifest.js';
import type { FaultInjector } from '../faults/injector/fault-injector.js';
import { probeOrder } from '../faults/order-probe.js';
import type { InputLog } from './input-log.js';
import type { Violations } from './violations.js';

/** Resident memory of one process above which it counts as unbounded: the heap limit of the apps, and as much again. */
const MAX_MEMORY_MB = 400;

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
    private readonly inputs: InputLog,
    private readonly maxOrderSeconds: number,
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
      this.violations.add(`${app} ended`, this.inputs.recent, JSON.stringify(apps.service(app).ended));
    }
    const megabytes = apps.memoryMegabytes(app);
    if (megabytes > MAX_MEMORY_MB)
      this.violations.add(`${app} uses more than ${MAX_MEMORY_MB} MB`, this.inputs.recent, `${megabytes} MB`);
    this.maxMegabytes.set(app, Math.max(megabytes, this.maxMegabytes.get(app)!));
  }

  private async placeGoodOrder() {
    const inputs = this.inputs.recent;
    const { request, seconds } = await probeOrder(this.injector);
    const { id, status, error = '' } = request;
    this.orderSeconds.push(seconds);
    if (id === undefined) this.violations.add('a good order was refused', inputs, `${status} ${error}`);
    else if (seconds > this.maxOrderSeconds)
      this.violations.add(
        `a good order took more than ${this.maxOrderSeconds} s`,
        inputs,
        `order ${id}: ${seconds} s`,
      );
  }
}
