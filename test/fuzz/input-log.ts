const RECENT_INPUTS = 8;

/** What was sent: how often with which outcome, and the latest inputs. */
export class InputLog {
  /** Number of inputs by operation, connection or target, and by outcome: a status, or what the broker answered. */
  readonly outcomes = new Map<string, Map<string, number>>();
  private readonly latest: string[] = [];

  record(name: string, outcome: string, input: string) {
    const counts = this.outcomes.get(name) ?? new Map<string, number>();
    this.outcomes.set(name, counts.set(outcome, (counts.get(outcome) ?? 0) + 1));
    this.latest.push(input);
    if (this.latest.length > RECENT_INPUTS) this.latest.shift();
  }

  /** The latest inputs as text, for a violation that no single input caused. */
  get recent(): string {
    return this.latest.join('\n');
  }
}
