import { Injectable } from '@nestjs/common';

/**
 * What this process needs to do its work. Each part adds its own probe: it throws when it can't be done, and returns
 * a text when it can, though something is amiss.
 */
@Injectable()
export class HealthChecks {
  private readonly probes = new Map<string, () => unknown>();

  add(name: string, probe: () => unknown) {
    this.probes.set(name, probe);
  }

  entries() {
    return [...this.probes];
  }
}
