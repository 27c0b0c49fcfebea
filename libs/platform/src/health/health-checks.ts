import { Injectable } from '@nestjs/common';

/**
 * Readiness probes of this process. Each module adds its own. A probe throws if the process can't do its work, and
 * returns a description if the process works with a limitation.
 */
@Injectable()
export class HealthChecks {
  private readonly probes = new Map<string, () => unknown>();
  private readonly refusals = new Map<string, string>();

  add(name: string, probe: () => unknown) {
    this.probes.set(name, probe);
  }

  entries() {
    return [...this.probes];
  }

  /** The process must get no requests from now on, for example because it starts or stops. */
  refuseRequests(name: string, reason: string) {
    this.refusals.set(name, reason);
  }

  /** Revokes `refuseRequests` of the same name. */
  acceptRequests(name: string) {
    this.refusals.delete(name);
  }

  /** Why the process must get no requests at the moment, by name; empty if it accepts them. */
  get refusalReasons(): Record<string, string> {
    return Object.fromEntries(this.refusals);
  }
}
