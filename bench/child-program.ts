import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Answer<Reply> = { reply: Reply } | { error: string };

/** A benchmark program in a process of its own that answers requests. It ends when this process ends, for any reason. */
export class ChildProgram<Request, Reply> {
  private readonly process: ChildProcess;
  private last: Promise<unknown> = Promise.resolve();

  constructor(
    file: string,
    readonly name: string,
  ) {
    this.process = fork(file, [], {
      serialization: 'advanced',
      execArgv: [],
      env: { PATH: process.env.PATH },
    });
  }

  get pid(): number {
    return this.process.pid!;
  }

  /** Sends one request and waits for its reply. Concurrent requests are sent one after another. */
  request(request: Request): Promise<Reply> {
    const reply = this.last.then(async () => {
      if (!this.process.connected) throw new Error(`${this.name} has ended`);
      const cleanUp = new AbortController();
      try {
        const answer = once(this.process, 'message', cleanUp);
        const exit = once(this.process, 'exit', cleanUp).then(() => {
          throw new Error(`${this.name} ended`);
        });
        this.process.send(request as object);
        const [message] = (await Promise.race([answer, exit])) as [Answer<Reply>];
        if ('error' in message) throw new Error(`${this.name}: ${message.error}`);
        return message.reply;
      } finally {
        cleanUp.abort();
      }
    });
    this.last = reply.catch(() => undefined);
    return reply;
  }

  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }
}
