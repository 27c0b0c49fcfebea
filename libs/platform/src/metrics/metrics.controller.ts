import { Controller, Get, Header, Inject, Req } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import type { Environment } from '../config/environment.js';
import { requireMetricsToken } from '../http/metrics-token.js';
import { ENVIRONMENT } from '../injection-tokens.js';
import { Metrics } from './metrics.js';

@Controller('metrics')
export class MetricsController {
  constructor(
    private readonly metrics: Metrics,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
  ) {}

  /** @throws CredentialMissing, InvalidCredential if METRICS_TOKEN is set and the request does not have it */
  @Get()
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  async read(@Req() { headers }: FastifyRequest): Promise<string> {
    requireMetricsToken(headers, this.environment.METRICS_TOKEN);
    return this.metrics.registry.metrics();
  }
}
