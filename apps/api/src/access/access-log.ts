import { LOGGER, Metrics, type Logger } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Counter } from 'prom-client';

/** Maximum number of logged refusals per second. The metric counts all of them. */
const MAX_LINES_PER_SECOND = 10;

/** Counts and logs requests with a missing or invalid credential (401) or too few rights (403). */
@Injectable()
export class AccessLog {
  private readonly refusals: Counter<'status'>;
  private second = 0;
  private lines = 0;

  constructor(
    metrics: Metrics,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {
    this.refusals = metrics.counter(
      'estoque_access_refused_total',
      'Requests with a missing or invalid credential (401) or too few rights (403)',
      { status: ['401', '403'] },
    );
  }

  refused({ method, routeOptions, ip, caller }: FastifyRequest, status: 401 | 403) {
    this.refusals.labels(String(status)).inc();
    const second = Math.trunc(performance.now() / 1_000);
    if (second !== this.second) [this.second, this.lines] = [second, 0];
    if (++this.lines > MAX_LINES_PER_SECOND) return;
    this.logger.warn(
      { method, route: routeOptions.url, address: ip, caller: caller?.id, status },
      'access refused',
    );
  }
}
