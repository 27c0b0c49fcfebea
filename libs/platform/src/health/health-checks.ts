import { Injectable } from '@nestjs/common';

/**
 * Readiness probes of this process. Each module adds its own. A probe throws if the process can't do its work, and
 * returns a description if the process works with a limitation.
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
