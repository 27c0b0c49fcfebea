/**
 * Runs asynchronous work exclusively, in the order of the calls. Contenders of one case run at the same time, but only
 * one of them is measured at a time: each measurement is a turn.
 */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  take<Result>(work: () => Promise<Result>): Promise<Result> {
    const done = this.last.then(work);
    this.last = done.catch(() => undefined);
    return done;
  }
}
