import { closeSync, existsSync, fsyncSync, openSync, readFileSync, truncateSync, writeSync } from 'node:fs';

export interface SimulatedCharge {
  id: string;
  idempotency_key: string;
  order_id: number;
  method: string;
  /** Requested amount, in minor units. */
  amount: number;
  currency: string;
  status: 'pending' | 'captured' | 'declined';
  /** Why it was declined. */
  reason: 'declined' | 'insufficient_funds' | 'invalid_method' | null;
  /** Amounts in minor units. */
  captured: number;
  refunded: number;
  /** Amount by idempotency key. */
  refunds: Record<string, number>;
}

/**
 * The gateway's own memory of charges: a file with one line for each change, written to the disk before the change is
 * answered. So a charge stays known although the answer is lost, the gateway is killed, or the shop loses its record.
 */
export class ChargeLedger {
  /** By idempotency key, oldest first. */
  private readonly charges = new Map<string, SimulatedCharge>();
  private readonly file: number;

  constructor(path: string) {
    if (existsSync(path)) this.read(path);
    this.file = openSync(path, 'a', 0o600);
  }

  find(key: string): SimulatedCharge | undefined {
    return this.charges.get(key);
  }

  get pending(): SimulatedCharge[] {
    return [...this.charges.values()].filter(({ status }) => status === 'pending');
  }

  /** @returns up to `limit` charges, newest first */
  list(limit: number): SimulatedCharge[] {
    return [...this.charges.values()].slice(-limit).reverse();
  }

  /** Stores a new charge, or the new state of one. */
  write(charge: SimulatedCharge): SimulatedCharge {
    writeSync(this.file, `${JSON.stringify(charge)}\n`);
    fsyncSync(this.file);
    this.charges.set(charge.idempotency_key, charge);
    return charge;
  }

  close() {
    closeSync(this.file);
  }

  /** The last line may be incomplete after a crash: its change was not answered, and is removed. */
  private read(path: string) {
    const text = readFileSync(path, 'utf8');
    const end = text.lastIndexOf('\n') + 1;
    for (const line of text.slice(0, end).split('\n').filter(Boolean)) {
      const charge = JSON.parse(line) as SimulatedCharge;
      this.charges.set(charge.idempotency_key, charge);
    }
    if (end < text.length) truncateSync(path, Buffer.byteLength(text.slice(0, end)));
  }
}
