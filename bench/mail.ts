import { join } from 'node:path';
import type { Mail } from '../test/faults/mail-sink.js';
import { Child } from './child.js';
import type { SinkReport } from './mail/sink.js';
import { measure, untilThereAre, type Figure, type LoadShape } from './measure.js';
import type { Pipeline } from './pipeline.js';

/** A mail server in a process of its own that does next to nothing. */
export class MailServer {
  readonly mails: Mail[] = [];
  private readonly child: Child<null, SinkReport>;

  constructor(programs: string) {
    this.child = new Child(join(programs, 'mail', 'sink.js'), 'the mail sink');
  }

  async port(): Promise<number> {
    return (await this.ask()).port;
  }

  /** @returns how many mails it has taken in all */
  async count(): Promise<number> {
    return (await this.ask()).count;
  }

  stop() {
    return this.child.stop();
  }

  private async ask() {
    const report = await this.child.ask(null);
    for (const mail of report.mails) this.mails.push(mail);
    return report;
  }
}

export async function measureMail(pipeline: Pipeline, shape: LoadShape, server: MailServer): Promise<Figure> {
  const before = await server.count();
  const delivered = async (orders: number) => {
    await untilThereAre(before + orders, 'mails delivered', () => server.count());
    // By the sink's own clock: it is asked now and then.
    return server.mails.at(before + orders - 1)!.at;
  };
  return measure(pipeline, shape, delivered);
}
