import type { EntityManager } from 'typeorm';
import { CREATION, OPEN_PART, ORDER_PARTS, quoted } from '../order/order-parts.js';
import { ORDER_STATUSES_IN_PROGRESS } from '../order/order-state-machine.js';
import { CustomerHasOpenOrders, ErasureNotFound } from './erasure.errors.js';

export const ERASURE_STATES = ['pending', 'running', 'finished'] as const;

/** The erasure of a customer's personal data, without the customer. */
export interface Erasure {
  id: number;
  state: (typeof ERASURE_STATES)[number];
  orders: number;
  notifications: number;
  dead_letters: number;
  answers: number;
  requested_at: Date;
  finished_at: Date | null;
}

/** What was erased since the last call of `recordProgress`. */
export type Progress = Partial<Pick<Erasure, 'orders' | 'notifications' | 'dead_letters' | 'answers'>>;

/** An erasure that this process runs. */
export interface ClaimedErasure {
  id: number;
  /** In lower case. */
  email: string;
  /** A timestamp as PostgreSQL prints it. */
  requested_at: string;
}

const COLUMNS = 'id, state, orders, notifications, dead_letters, answers, requested_at, finished_at';

/** After a crash, another process continues the erasure. Each batch renews the lease. */
const LEASE_SECONDS = 30;
/** For example for a mail that is being sent, or a dead letter that is being replayed. */
const WAIT_SECONDS = 2;
/** Messages that were published before the erasure are recognized by a hash of the address for this time. */
const HASH_DAYS = 7;

const hashOf = (email: string) => `sha256(convert_to(${email}, 'UTF8'))`;

/** Writes `erasures`. The address is removed from its row when the erasure is finished, and its hash a week later. */
export class ErasureRepository {
  constructor(private readonly manager: EntityManager) {}

  /**
   * Requests the erasure of a customer, or joins the one that is not finished.
   *
   * @returns the erasure, and whether it is new
   * @throws CustomerHasOpenOrders
   */
  async request(email: string): Promise<{ erasure: Erasure; isNew: boolean }> {
    const [open] = await this.manager.query<{ id: number }[]>(
      `SELECT id FROM orders
       WHERE ${OPEN_PART.condition} AND lower(customer_email) COLLATE "C" = lower($1)
         AND status IN (${quoted(ORDER_STATUSES_IN_PROGRESS)})
       LIMIT 1`,
      [email],
    );
    if (open) throw new CustomerHasOpenOrders(open.id);
    // In a loop, because the erasure that was joined may finish between the two statements.
    for (;;) {
      const [requested] = await this.manager.query<Erasure[]>(
        `INSERT INTO erasures (email, email_hash) VALUES (lower($1), ${hashOf('lower($1)')})
         ON CONFLICT DO NOTHING RETURNING ${COLUMNS}`,
        [email],
      );
      if (requested) return { erasure: requested, isNew: true };
      const [joined] = await this.manager.query<Erasure[]>(
        `SELECT ${COLUMNS} FROM erasures WHERE email = lower($1)`,
        [email],
      );
      if (joined) return { erasure: joined, isNew: false };
    }
  }

  /** @throws ErasureNotFound */
  async get(id: number): Promise<Erasure> {
    const [erasure] = await this.manager.query<Erasure[]>(`SELECT ${COLUMNS} FROM erasures WHERE id = $1`, [
      id,
    ]);
    if (!erasure) throw new ErasureNotFound(id);
    return erasure;
  }

  /** Leases the oldest unfinished erasure that no other process has leased. @returns undefined if there is none */
  async claim(): Promise<ClaimedErasure | undefined> {
    const [claimed] = await this.manager.query<[ClaimedErasure[], number]>(
      `UPDATE erasures SET state = 'running', leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = (
         SELECT id FROM erasures
         WHERE email IS NOT NULL AND (leased_until IS NULL OR leased_until <= clock_timestamp())
         ORDER BY id LIMIT 1 FOR UPDATE SKIP LOCKED)
       RETURNING id, email, requested_at::text AS requested_at`,
    );
    return claimed[0];
  }

  /** Adds to the counters of the erasure, and renews its lease. */
  async recordProgress(
    id: number,
    { orders = 0, notifications = 0, dead_letters = 0, answers = 0 }: Progress,
  ) {
    await this.manager.query(
      `UPDATE erasures SET orders = orders + $2, notifications = notifications + $3, dead_letters = dead_letters + $4,
              answers = answers + $5, leased_until = clock_timestamp() + make_interval(secs => ${LEASE_SECONDS})
       WHERE id = $1`,
      [id, orders, notifications, dead_letters, answers],
    );
  }

  /** Ends the lease: the erasure is continued after a few seconds. */
  async postpone(id: number) {
    await this.manager.query(
      `UPDATE erasures SET leased_until = clock_timestamp() + make_interval(secs => ${WAIT_SECONDS}) WHERE id = $1`,
      [id],
    );
  }

  async finish(id: number) {
    await this.manager.query(
      `UPDATE erasures SET state = 'finished', email = NULL, finished_at = clock_timestamp(), leased_until = NULL
       WHERE id = $1`,
      [id],
    );
  }

  /** Forgets the hashes of old erasures. */
  async forget() {
    await this.manager.query(
      `UPDATE erasures SET email_hash = NULL
       WHERE email_hash IS NOT NULL AND finished_at < clock_timestamp() - make_interval(days => ${HASH_DAYS})`,
    );
  }

  /**
   * @returns whether one of the addresses belongs to a customer who was erased within the last week and has not ordered
   *   since
   */
  async isAnyErased(emails: string[]): Promise<boolean> {
    const laterOrders = ORDER_PARTS.map(
      ({
        condition,
      }) => `NOT EXISTS (SELECT FROM orders WHERE ${condition} AND lower(customer_email) COLLATE "C" = lower(address)
        AND ${CREATION} > erasures.requested_at AT TIME ZONE 'UTC')`,
    );
    const [row] = await this.manager.query<[{ is_erased: boolean }]>(
      `SELECT EXISTS (
         SELECT FROM unnest($1::text[]) AS address JOIN erasures ON email_hash = ${hashOf('lower(address)')}
         WHERE ${laterOrders.join(' AND ')}
       ) AS is_erased`,
      [emails],
    );
    return row.is_erased;
  }
}
