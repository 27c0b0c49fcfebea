import { UnitOfWork } from '@estoque/domain';
import { ENVIRONMENT, HealthChecks, LOGGER, type Environment, type Logger } from '@estoque/platform';
import { Inject, Injectable, type OnApplicationBootstrap, type OnModuleDestroy } from '@nestjs/common';
import { setTimeout as sleep } from 'node:timers/promises';
import { Tokens } from './tokens.js';

const RETRY_MS = 1_000;

/** Ends the process in production if it could identify no caller: it has no issuer, and no key for an admin exists. */
@Injectable()
export class AccessCheck implements OnApplicationBootstrap, OnModuleDestroy {
  private isStopping = false;

  constructor(
    private readonly tokens: Tokens,
    private readonly unitOfWork: UnitOfWork,
    private readonly health: HealthChecks,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onApplicationBootstrap() {
    if (this.environment.ENV !== 'production' || this.tokens.isConfigured) return;
    this.health.refuseRequests('access', 'not checked yet');
    // Not awaited: health probes are answered while the database is unavailable.
    void this.requireAdminKey();
  }

  onModuleDestroy() {
    this.isStopping = true;
  }

  private async requireAdminKey() {
    while (!this.isStopping) {
      const exists = await this.adminKeyExists();
      if (exists) return this.health.acceptRequests('access');
      if (exists === false) return this.endProcess();
      await sleep(RETRY_MS, undefined, { ref: false });
    }
  }

  /** @returns undefined while the database cannot be read */
  private async adminKeyExists(): Promise<boolean | undefined> {
    try {
      return await this.unitOfWork.readForChange.apiKeys.existsWithScope('admin');
    } catch (error) {
      this.logger.debug({ err: error }, 'cannot check yet whether a key for an admin exists');
      return undefined;
    }
  }

  private endProcess() {
    this.logger.fatal(
      'nobody can call the API: set AUTH_ISSUER and AUTH_AUDIENCE, or create a key for an admin: npm run cli -- api-keys create --role admin --name first-admin',
    );
    process.exit(1);
  }
}
