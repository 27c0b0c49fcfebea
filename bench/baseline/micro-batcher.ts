/** Items that arrive while a batch runs form the next batch. There is no timer, so an idle process does not wait. */
export class MicroBatcher<In, Out> {
  private waiting: { item: In; resolve: (out: Out) => void }[] = [];
  private running = false;

  constructor(
    private readonly run: (items: In[]) => Promise<Out[]>,
    private readonly maxSize = 200,
  ) {}

  add(item: In): Promise<Out> {
    return new Promise((resolve) => {
      this.waiting.push({ item, resolve });
      if (!this.running) void this.runBatches();
    });
  }

  /** An error ends the process: the benchmark then discards the measurement. */
  private async runBatches() {
    this.running = true;
    // Items that arrive in the same turn of the event loop join the first batch.
    await new Promise((resolve) => setImmediate(resolve));
    while (this.waiting.length > 0) {
      const batch = this.waiting.splice(0, this.maxSize);
      const results = await this.run(batch.map(({ item }) => item));
      batch.forEach(({ resolve }, index) => resolve(results[index]!));
    }
    this.running = false;
  }
}
