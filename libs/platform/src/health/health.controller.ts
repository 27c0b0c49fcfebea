import { Controller, Get, HttpException, Res } from '@nestjs/common';
import { HealthCheckService, HealthIndicatorService, type HealthIndicatorFunction } from '@nestjs/terminus';
import type { FastifyReply } from 'fastify';
import { HealthChecks } from './health-checks.js';

/** A probe that hangs says the same as one that fails, and Kubernetes waits one second by default. */
const PROBE_TIMEOUT_MS = 900;

@Controller('health')
export class HealthController {
  constructor(
    private readonly checks: HealthChecks,
    private readonly health: HealthCheckService,
    private readonly indicators: HealthIndicatorService,
  ) {}

  /** The process runs. It says nothing of its neighbours: their outage is no reason to restart it. */
  @Get('live')
  live() {
    return { status: 'ok' };
  }

  /** The process can do its work: 200, or 503 with what is missing. */
  @Get('ready')
  async ready(@Res({ passthrough: true }) reply: FastifyReply) {
    try {
      return await this.health.check(
        this.checks.entries().map(([name, probe]) => this.indicator(name, probe)),
      );
    } catch (error) {
      if (!(error instanceof HttpException)) throw error;
      reply.status(error.getStatus());
      return error.getResponse();
    }
  }

  private indicator(name: string, probe: () => unknown): HealthIndicatorFunction {
    return async () => {
      const indicator = this.indicators.check(name);
      let timer: NodeJS.Timeout | undefined;
      const tooLong = new Promise((_, reject) => {
        timer = setTimeout(() => reject(new Error('no answer in time')), PROBE_TIMEOUT_MS);
      });
      try {
        const amiss = await Promise.race([Promise.resolve().then(probe), tooLong]);
        return indicator.up(typeof amiss === 'string' ? { degraded: amiss } : undefined);
      } catch (error) {
        return indicator.down((error as Error).message);
      } finally {
        clearTimeout(timer);
      }
    };
  }
}
