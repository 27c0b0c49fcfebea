/** While one batch is at work, what arrives forms the next: no timer, and no wait where there is nothing to do. */
export class MicroBatcher<In, Out> {
  private waiting: { item: In; resolve: (out: Out) => void }[] = [];
  private running = false;

  constructor(
    private readonly run: (items: In[]) => Promise<Out[]>,
    private readonly most = 200,
  ) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve) => {
      this.waiting.push({ item, resolve });
      if (!this.running) void this.work();
    });
  }

  /** An error ends the process: a benchmark has no use for what goes on without it. */
  private async work() {
    this.running = true;
    // What arrives in this turn of the event loop comes along.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.most);
      const outs = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(outs[index]!));
    }
    this.running = false;
  }
}
