import { Controller, Get, HttpException, Inject, Req, Res } from '@nestjs/common';
import {
  HealthCheckService,
  HealthIndicatorService,
  type HealthCheckResult,
  type HealthIndicatorFunction,
} from '@nestjs/terminus';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Environment } from '../config/environment.js';
import { hasMetricsToken } from '../http/metrics-token.js';
import { ENVIRONMENT } from '../injection-tokens.js';
import { HealthChecks } from './health-checks.js';

/**
 * A probe without a result within this time is treated as failed. The limit is below the default probe timeout of
 * Kubernetes, one second.
 */
const PROBE_TIMEOUT_MS = 900;

@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthChecks,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** Liveness: the process runs. It checks no dependency, because a restart does not end an outage of a dependency. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /**
   * Readiness: 200 if the process can do its work, 503 with the failed probes otherwise. If METRICS_TOKEN is set, a
   * request without it gets the status only.
   */
  @Get('ready')
  async ready(@Req() { headers }: FastifyRequest, @Res({ passthrough: true }) reply: FastifyReply) {
    const result = await this.check(reply);
    return hasMetricsToken(headers, this.environment.METRICS_TOKEN) ? result : { status: result.status };
  }

  /**
   * Whether a load balancer should send requests to this process: 200 from the first connection to the database until the
   * shutdown begins. It checks no dependency, because an outage of the database affects all replicas in the same way.
   * The api then answers each request itself, with 503 and `Retry-After` (docs/adr/0027).
   */
  @Get('accepting')
  accepting(@Res({ passthrough: true }) reply: FastifyReply) {
    const reasons = this.checks.refusalReasons;
    const isAccepting = Object.keys(reasons).length === 0;
    reply.status(isAccepting ? 200 : 503);
    return { status: isAccepting ? 'ok' : 'refusing', reasons };
  }

  private async check(reply: FastifyReply) {
    try {
      return await this.health.check(
        this.checks.entries().map(([name, probe]) => this.indicator(name, probe)),
      );
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      reply.status(error.getStatus());
      return error.getResponse() as HealthCheckResult;
    }
  }

  private indicator(name: string, probe: () => unknown): HealthIndicatorFunction {
    return async () => {
      const indicator = this.indicators.check(name);
      let timer: NodeJS.Timeout | undefined;
      const timeout = new Promise((_, reject) => {
        timer = setTimeout(
          () => reject(new Error(`no response within ${PROBE_TIMEOUT_MS} ms`)),
          PROBE_TIMEOUT_MS,
        );
      });
      try {
        const degradation = await Promise.race([Promise.resolve().then(probe), timeout]);
        return indicator.up(typeof degradation === 'string' ? { degraded: degradation } : undefined);
      } catch (error) {
        return indicator.down((error as Error).message);
      } finally {
        clearTimeout(timer);
      }
    };
  }
}
