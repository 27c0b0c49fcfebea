import { join } from 'node:path';
import type { Mail } from '../test/faults/mail-sink.js';
import { ChildProgram } from './child-program.js';
import type { SinkReport } from './mail/sink.js';
import { measure, waitForCount, type LoadShape, type MeasuredValues } from './measure.js';
import type { Pipeline } from './pipeline.js';

/** A minimal mail server in a process of its own. */
export class MailServer {
  readonly mails: Mail[] = [];
  private readonly program: ChildProgram<null, SinkReport>;

  constructor(programs: string) {
    this.program = new ChildProgram(join(programs, 'mail', 'sink.js'), 'the mail sink');
  }

  async port(): Promise<number> {
    return (await this.fetchReport()).port;
  }

  /** @returns the number of mails received so far */
  async count(): Promise<number> {
    return (await this.fetchReport()).count;
  }

  stop() {
    return this.program.stop();
  }

  private async fetchReport() {
    const report = await this.program.request(null);
    for (const mail of report.mails) this.mails.push(mail);
    return report;
  }
}

export async function measureMail(
  pipeline: Pipeline,
  shape: LoadShape,
  server: MailServer,
): Promise<MeasuredValues> {
  const before = await server.count();
  const waitUntilDelivered = async (orders: number) => {
    await waitForCount(
      before + orders,
      (count) => `${count - before} of ${orders} mails delivered`,
      () => server.count(),
    );
    // The time that the mail server recorded, which is more precise than the time of the poll.
    return server.mails.at(before + orders - 1)!.at;
  };
  return measure(pipeline, shape, waitUntilDelivered);
}
