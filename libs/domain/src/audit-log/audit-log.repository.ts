import type { EntityManager } from 'typeorm';
import type { Pruned } from '../retention/prune-in-batches.js';
import { CUSTOMER_PREFIX, type Actor } from './actor.js';
import { AUDIT_ACTIONS, type AuditAction, type AuditObjectType } from './audit-actions.js';

/**
 * A change of one object. `before` and `after` contain the fields that the change concerns, and no personal data: an
 * erasure does not search them.
 */
export interface Change {
  action: AuditAction;
  objectId: number | string;
  before?: object;
  after?: object;
}

/** A change as it is stored in the audit log. */
export interface AuditLogEntry {
  id: number;
  at: Date;
  /** `id` of the Actor. */
  actor: string;
  address: string | null;
  action: AuditAction;
  object_type: AuditObjectType;
  object_id: string;
  before: Record<string, unknown> | null;
  after: Record<string, unknown> | null;
}

export interface AuditLogFilter {
  actor?: string;
  action?: AuditAction;
  object?: { type: string; id: string };
  from?: Date;
  to?: Date;
  /** Only entries before the one with this id. */
  before?: number;
  limit: number;
}

const COLUMNS = 'id, at, actor, address, action, object_type, object_id, before, after';

/** Writes `audit_log`: each entry in the transaction of its change. A trigger refuses to change or delete entries. */
export class AuditLogRepository {
  constructor(private readonly manager: EntityManager) {}

  async record({ id, address }: Actor, { action, objectId, before, after }: Change) {
    await this.manager.query(
      `INSERT INTO audit_log (actor, address, action, object_type, object_id, before, after)
       VALUES ($1, $2, $3, $4, $5, $6, $7)`,
      [
        id,
        address,
        action,
        AUDIT_ACTIONS[action],
        String(objectId),
        before && JSON.stringify(before),
        after && JSON.stringify(after),
      ],
    );
  }

  /**
   * Lists entries that match the filter, newest first.
   *
   * Each combination of actor, action and object is one expression, which has an index with the time and the id after it.
   * A list is read from position to position of that index (row comparisons), so that the planner cannot choose another
   * one.
   */
  list({ actor, action, object, from, to, before, limit }: AuditLogFilter): Promise<AuditLogEntry[]> {
    const parameters: unknown[] = [];
    const parameter = (value: unknown, type: string) => `$${parameters.push(value)}::${type}`;
    const filters = [
      ['actor', actor],
      ['action', action],
      [`object_type || ':' || object_id`, object && `${object.type}:${object.id}`],
    ].filter(([, value]) => value !== undefined);
    const selection = filters.map(([expression]) => expression).join(` || ' ' || `);
    const columns = [...(selection ? [`(${selection})`] : []), 'at', 'id'];
    const value = filters.map(([, wanted]) => wanted).join(' ');
    const values = selection ? [parameter(value, 'text')] : [];
    const position = (at: string, id: string) => `(${[...values, at, id].join(', ')})`;

    const conditions = [
      `(${columns.join(', ')}) >= ${position(parameter(from ?? '-infinity', 'timestamptz'), '0')}`,
    ];
    const toTime = parameter(to ?? 'infinity', 'timestamptz');
    if (before === undefined) conditions.push(`(${columns.join(', ')}) < ${position(toTime, '0')}`);
    else {
      const cursor = parameter(before, 'bigint');
      conditions.push(`(${columns.join(', ')}) < ${position(timeOf(cursor), cursor)}`);
      // In an expression that no index has. A cursor of the same list is before that time anyway.
      conditions.push(`at AT TIME ZONE 'UTC' < ${toTime} AT TIME ZONE 'UTC'`);
    }
    return this.manager.query<AuditLogEntry[]>(
      `SELECT ${COLUMNS} FROM audit_log WHERE ${conditions.join(' AND ')}
       ORDER BY ${columns.map((column) => `${column} DESC`).join(', ')} LIMIT ${parameter(limit, 'integer')}`,
      parameters,
    );
  }

  /** @returns what customers have changed in their orders, oldest first */
  ofCustomers(orderIds: number[]): Promise<AuditLogEntry[]> {
    return this.manager.query<AuditLogEntry[]>(
      `SELECT ${COLUMNS} FROM audit_log
       WHERE object_type = 'order' AND object_id = ANY($1::text[]) AND actor LIKE '${CUSTOMER_PREFIX}%' ORDER BY id`,
      [orderIds.map(String)],
    );
  }

  /**
   * Deletes entries that are older than `days`, and at least MIN_AUDIT_LOG_DAYS old, oldest first. Concurrent calls delete
   * different entries. @param from time of the first entry to consider
   */
  async prune(days: number, { from, limit }: { from: Date; limit: number }): Promise<Pruned<Date>> {
    const [pruned] = await this.manager.query<[Pruned<Date>]>(
      'SELECT pruned_count AS count, last_at AS last FROM prune_audit_log($1, $2, $3)',
      [days, from, limit],
    );
    return pruned;
  }
}

/** Time of the entry with this id. An id that was pruned has the time of the next lower one. */
const timeOf = (id: string) =>
  `coalesce((SELECT at FROM audit_log WHERE id <= ${id} ORDER BY id DESC LIMIT 1), '-infinity')`;
