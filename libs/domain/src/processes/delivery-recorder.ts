import { MonitorClient } from '@estoque/database';
import { EventTransport, type IneffectiveDelivery } from '@estoque/messaging';
import { LOGGER, type Logger } from '@estoque/platform';
import { Inject, Injectable, Optional, type OnApplicationShutdown } from '@nestjs/common';
import { DeliveryLogRepository } from './delivery-log.repository.js';
import { ThisProcess } from './this-process.js';

const WRITE_INTERVAL_MS = 1_000;
/** Further deliveries of the same interval are not recorded: a flood of them must not occupy the database. */
const MAX_PER_INTERVAL = 100;

/**
 * Records the deliveries of this process that had no effect, for the journey of their order. They are rare. They are written
 * on the connection for health probes, so that no message waits for it. A record that cannot be written is left out.
 */
@Injectable()
export class DeliveryRecorder implements OnApplicationShutdown {
  private readonly log: DeliveryLogRepository;
  private waiting: IneffectiveDelivery[] = [];
  private timer?: NodeJS.Timeout;

  constructor(
    monitor: MonitorClient,
    private readonly process: ThisProcess,
    @Inject(LOGGER) private readonly logger: Logger,
    @Optional() transport?: EventTransport,
  ) {
    this.log = new DeliveryLogRepository(monitor);
    transport?.onIneffectiveDelivery((delivery) => this.add(delivery));
  }

  /** Runs when the messages in flight are settled. */
  async onApplicationShutdown() {
    clearTimeout(this.timer);
    await this.write();
  }

  private add(delivery: IneffectiveDelivery) {
    if (this.waiting.length >= MAX_PER_INTERVAL || delivery.correlation.order_id === undefined) return;
    this.waiting.push(delivery);
    this.timer ??= setTimeout(() => void this.write(), WRITE_INTERVAL_MS).unref();
  }

  private async write() {
    this.timer = undefined;
    const deliveries = this.waiting;
    this.waiting = [];
    if (deliveries.length === 0) return;
    await this.log
      .add(this.process.id, deliveries)
      .catch((error: Error) => this.logger.debug({ reason: error.message }, 'deliveries not recorded'));
  }
}
