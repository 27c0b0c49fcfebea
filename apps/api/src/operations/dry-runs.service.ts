import type { DryRunResult } from '@estoque/domain';
import { DeadLetterReplay, DryRuns } from '@estoque/messaging';
import { Injectable } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import type { DryRunRequestDto } from './dead-letters.dto.js';
import { toDryRunDto, type DryRunsDto } from './dry-runs.dto.js';

/** A process looks for requests twice a second. */
const MAX_WAIT_MS = 6_000;
const CHECK_INTERVAL_MS = 100;

@Injectable()
export class DryRunsService {
  constructor(
    private readonly replays: DeadLetterReplay,
    private readonly dryRuns: DryRuns,
  ) {}

  /**
   * Lets each consumer that a replay would reach run the handler of the message in a transaction that is rolled back.
   *
   * @throws DeadLetterNotFound, DeadLetterNotReplayable
   */
  async run(id: number, { body }: DryRunRequestDto): Promise<DryRunsDto> {
    const { queues, ...message } = await this.replays.preview(
      id,
      body === undefined ? undefined : Buffer.from(body),
    );
    const requests = await Promise.all(queues.map((queue) => this.dryRuns.request(queue, message)));
    try {
      const results = await this.waitFor(requests);
      return { data: queues.map((queue, index) => toDryRunDto(queue, results.get(requests[index]!))) };
    } finally {
      await this.dryRuns.remove(requests);
    }
  }

  private async waitFor(requests: number[]): Promise<Map<number, DryRunResult>> {
    const deadline = performance.now() + MAX_WAIT_MS;
    for (;;) {
      const results = await this.dryRuns.resultsOf<DryRunResult>(requests);
      if (results.size === requests.length || performance.now() > deadline) return results;
      await sleep(CHECK_INTERVAL_MS);
    }
  }
}
