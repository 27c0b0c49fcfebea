/** One kind of violation, with the smallest input that caused it. */
export interface Violation {
  /** What is wrong, without the parts that differ from case to case. */
  kind: string;
  count: number;
  /** A command line or a message that reproduces it. */
  reproduction: string;
  detail: string;
}

/** Collects violations of one kind in one entry. */
export class Violations {
  private readonly byKind = new Map<string, Violation>();

  /** @param reproduction the shortest one of each kind is kept */
  add(kind: string, reproduction = '', detail = '') {
    const known = this.byKind.get(kind);
    if (!known) this.byKind.set(kind, { kind, count: 1, reproduction, detail });
    else {
      known.count += 1;
      if (reproduction.length < known.reproduction.length) Object.assign(known, { reproduction, detail });
    }
  }

  get list(): Violation[] {
    return [...this.byKind.values()];
  }
}
