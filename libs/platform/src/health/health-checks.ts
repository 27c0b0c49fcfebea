import { Injectable } from '@nestjs/common';

/** What this process needs to do its work. Each part adds its own probe: it returns when all is well and throws when not. */
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
