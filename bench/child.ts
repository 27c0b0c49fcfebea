import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';

type Answer<Reply> = { reply: Reply } | { error: string };

/** A program of ours in a process of its own that is asked and answers; it ends with this process, whatever ends it. */
export class Child<Question, Reply> {
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

  /** One at a time. */
  ask(question: Question): Promise<Reply> {
    const asked = this.last.then(async () => {
      if (!this.process.connected) throw new Error(`${this.name} has ended`);
      const ending = new AbortController();
      try {
        const answer = once(this.process, 'message', ending);
        const end = once(this.process, 'exit', ending).then(() => {
          throw new Error(`${this.name} ended`);
        });
        this.process.send(question as object);
        const [said] = (await Promise.race([answer, end])) as [Answer<Reply>];
        if ('error' in said) throw new Error(`${this.name}: ${said.error}`);
        return said.reply;
      } finally {
        ending.abort();
      }
    });
    this.last = asked.catch(() => undefined);
    return asked;
  }

  async stop() {
    if (this.process.exitCode !== null || this.process.signalCode !== null) return;
    const ended = once(this.process, 'exit');
    this.process.disconnect();
    await ended;
  }
}
