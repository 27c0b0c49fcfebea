import { RowLocked, type LockWaits } from '@estoque/database';
import { isLockTimeout } from '@estoque/platform';
import type { DataSource, EntityManager } from 'typeorm';
import { currentStock } from './stock/current-stock.js';

/** A row that transactions lock, as it is shown to operators. */
export type Row = `${keyof typeof TABLES} ${number}`;

/** How each kind of row is locked. */
const TABLES = {
  order: { table: 'orders', id: 'id', strength: 'NO KEY UPDATE' },
  'stock of product': { table: 'stock', id: 'product_id', strength: 'NO KEY UPDATE' },
  /** By foreign key checks. */
  product: { table: 'products', id: 'id', strength: 'KEY SHARE' },
  /** By changes of a product. Only a change of the SKU, which is a key, conflicts with foreign key checks. */
  'data of product': { table: 'products', id: 'id', strength: 'NO KEY UPDATE' },
  'SKU of product': { table: 'products', id: 'id', strength: 'UPDATE' },
  notification: { table: 'notifications', id: 'id', strength: 'NO KEY UPDATE' },
  /** By foreign key checks. */
  'timeline of order': { table: 'orders', id: 'id', strength: 'KEY SHARE' },
} as const;

export const orderRow = (id: number): Row => `order ${id}`;
export const stockRow = (productId: number): Row => `stock of product ${productId}`;
export const productRow = (id: number): Row => `product ${id}`;
export const productDataRow = (id: number): Row => `data of product ${id}`;
export const productSkuRow = (id: number): Row => `SKU of product ${id}`;
export const notificationRow = (id: number): Row => `notification ${id}`;
export const timelineRow = (orderId: number): Row => `timeline of order ${orderId}`;

const MAX_TRIES = 3;
/**
 * Longer than the lock timeout: nothing else is locked during this wait, so it delays no other transaction. On an
 * overloaded server a short transaction of another replica can hold a row for longer than the lock timeout; its row is
 * not refused.
 */
const ROW_WAIT_MS = 1_000;
/** A shorter wait is normal contention and needs no diagnosis. */
const DIAGNOSE_AFTER_MS = 500;

/** Finds out which rows other sessions have locked. */
export class RowLocks {
  /** Settles when the latest caller that needs the row has finished, by row. */
  private readonly lastByRow = new Map<Row, Promise<unknown>>();

  constructor(
    private readonly dataSource: DataSource,
    private readonly lockWaits?: LockWaits,
  ) {}

  /**
   * Locks those of the rows that no other session has locked, until the end of the transaction. It does not wait, so it
   * cannot deadlock.
   *
   * @returns the rows that another session has locked
   */
  async lockFree(manager: EntityManager, rows: Row[]): Promise<Set<Row>> {
    const locked = new Set<Row>();
    for (const [kind, { strength }] of entriesOf(TABLES)) {
      const ids = idsOf(kind, rows);
      if (ids.length === 0) continue;
      const found = await manager.query<{ id: number }[]>(
        // Materialized, so that each row is locked once.
        `WITH free AS MATERIALIZED (${select(kind, `FOR ${strength} SKIP LOCKED`)})
         SELECT id FROM (${select(kind)}) AS existing WHERE id NOT IN (SELECT id FROM free)`,
        [ids],
      );
      for (const row of found) locked.add(`${kind} ${row.id}`);
    }
    return locked;
  }

  /**
   * Does not wait, and leaves the rows unlocked.
   *
   * @returns those of the rows that another session has locked at the moment
   */
  findLocked(rows: string[]): Promise<Set<string>> {
    return this.lockFree(this.dataSource.manager, rows as Row[]);
  }

  /**
   * Waits until the row is free, at most one second. Nothing else is locked meanwhile, and the row is not
   * locked afterwards.
   *
   * @returns false if another session still holds the row
   */
  async waitFor(row: string): Promise<boolean> {
    const [kind, id] = parse(row);
    const { table, id: column, strength } = TABLES[kind];
    const diagnosis = setTimeout(() => void this.lockWaits?.diagnose(), DIAGNOSE_AFTER_MS);
    try {
      // The setting applies to this statement only, and before the row is locked.
      await this.dataSource.query(
        `SELECT FROM ${table}, (SELECT set_config('lock_timeout', '${ROW_WAIT_MS}', true)) AS setting
         WHERE ${column} = $1 FOR ${strength} OF ${table}`,
        [id],
      );
      this.lockWaits?.reportFree(row);
      return true;
    } catch (error) {
      if (!isLockTimeout(error)) throw error;
      this.lockWaits?.reportLocked([row]);
      return false;
    } finally {
      clearTimeout(diagnosis);
    }
  }

  /**
   * Runs `work` after the earlier calls with one of the same rows. If an earlier call was refused because of such a row,
   * this one is refused as well: it would only wait for the same lock.
   *
   * @throws RowLocked if another session holds one of the rows
   */
  runInTurn<Result>(rows: Row[], work: () => Promise<Result>): Promise<Result> {
    // One sequence for all callers, so that two of them cannot wait for each other.
    const inTurn = rows.toSorted().reduceRight<() => Promise<Result>>(
      (next, row) => () => this.afterEarlier(row, next),
      () => this.runOrRefuse(rows, work),
    );
    return inTurn();
  }

  private async afterEarlier<Result>(row: Row, work: () => Promise<Result>): Promise<Result> {
    const earlier = this.lastByRow.get(row);
    const result = earlier
      ? earlier.then(work, (error: unknown) => {
          if (error instanceof RowLocked && error.rows.includes(row)) throw error;
          return work();
        })
      : work();
    this.lastByRow.set(row, result);
    try {
      return await result;
    } finally {
      if (this.lastByRow.get(row) === result) this.lastByRow.delete(row);
    }
  }

  private async runOrRefuse<Result>(rows: Row[], work: () => Promise<Result>): Promise<Result> {
    for (let attempt = 1; ; attempt++) {
      try {
        return await work();
      } catch (error) {
        if (attempt === MAX_TRIES || !isLockTimeout(error)) throw error;
        // If each row is free a moment later, this was contention between short transactions.
        for (const row of rows) if (!(await this.waitFor(row))) throw new RowLocked([row]);
      }
    }
  }
}

/** SQL that selects the existing rows with the ids `$1` as `id`. */
function select(kind: keyof typeof TABLES, lock = '') {
  const { table, id } = TABLES[kind];
  if (table === 'stock') return currentStock('$1', `${id} AS id`, lock);
  return `SELECT ${id} AS id FROM ${table} WHERE ${id} = ANY($1) ORDER BY ${id} ${lock}`;
}

const entriesOf = <Key extends string, Value>(record: Record<Key, Value>) =>
  Object.entries(record) as [Key, Value][];

function parse(row: string): [keyof typeof TABLES, number] {
  const separator = row.lastIndexOf(' ');
  return [row.slice(0, separator) as keyof typeof TABLES, Number(row.slice(separator + 1))];
}

const idsOf = (kind: keyof typeof TABLES, rows: Row[]): number[] => [
  ...new Set(
    rows
      .map(parse)
      .filter(([rowKind]) => rowKind === kind)
      .map(([, id]) => id),
  ),
];
