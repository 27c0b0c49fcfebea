import { APP_NAME } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { randomInt, randomUUID } from 'node:crypto';
import { hostname } from 'node:os';

/** Who this process is. Each start of a process is another one. */
@Injectable()
export class ThisProcess {
  /** Random, because it is needed before the database is connected. Rows that the process writes contain it. */
  readonly id = randomInt(1, 2 ** 48 - 1);
  /** For people: app, random characters and host name. */
  readonly instance: string;
  readonly startedAt = new Date();

  constructor(@Inject(APP_NAME) readonly app: string) {
    this.instance = `${app}-${randomUUID().slice(0, 8)}@${hostname()}`;
  }
}
