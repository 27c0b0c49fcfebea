import { Module, type DynamicModule } from '@nestjs/common';
import { TerminusModule } from '@nestjs/terminus';
import { readEnvironment, type Environment } from './config/environment.js';
import { HealthChecks } from './health/health-checks.js';
import { HealthController } from './health/health.controller.js';
import { createLogger, type Logger } from './logging/logger.js';
import { MetricsController } from './metrics/metrics.controller.js';
import { Metrics } from './metrics/metrics.js';
import { APP_NAME, ENVIRONMENT, LOGGER } from './injection-tokens.js';

/** Environment, logger, health and metrics of a process. */
@Module({})
export class PlatformModule {
  /** @param started environment and logger of a process that has created them already */
  static forApp(app: string, started?: { environment: Environment; logger: Logger }): DynamicModule {
    return {
      module: PlatformModule,
      global: true,
      imports: [TerminusModule.forRoot({ logger: false })],
      controllers: [HealthController, MetricsController],
      providers: [
        HealthChecks,
        Metrics,
        { provide: APP_NAME, useValue: app },
        { provide: ENVIRONMENT, useFactory: () => started?.environment ?? readEnvironment() },
        {
          provide: LOGGER,
          inject: [ENVIRONMENT],
          useFactory: (environment: Environment) => started?.logger ?? createLogger(app, environment),
        },
      ],
      exports: [HealthChecks, Metrics, APP_NAME, ENVIRONMENT, LOGGER],
    };
  }
}
