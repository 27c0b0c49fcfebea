import type { EntityManager } from 'typeorm';
import { TooManyWebhookEndpoints, WebhookEndpointNotFound } from './webhook.errors.js';

/** Each event is recorded once for each endpoint in the transaction of its order. */
export const MAX_WEBHOOK_ENDPOINTS = 20;
/** Creations wait for each other, so that they do not exceed the maximum together. */
const CREATION_LOCK = 7_346_040;

export const WEBHOOK_ENDPOINT_STATES = ['enabled', 'disabled'] as const;
export const WEBHOOK_DISABLED_REASONS = ['request', 'failing', 'gone'] as const;
export type WebhookDisabledReason = (typeof WEBHOOK_DISABLED_REASONS)[number];

/** A receiver of events, without its secrets. */
export interface WebhookEndpoint {
  id: number;
  url: string;
  /** Names of the events that are sent. */
  events: string[];
  state: (typeof WEBHOOK_ENDPOINT_STATES)[number];
  /** `request`: by a caller of the API. `failing`: no success for a long time. `gone`: it answered 410. */
  disabled_reason: WebhookDisabledReason | null;
  disabled_at: Date | null;
  /** Time of the first failure since the last success. */
  failing_since: Date | null;
  created_at: Date;
}

const COLUMNS = `id, url, events, state, disabled_reason, disabled_at, created_at,
  (SELECT since FROM webhook_failures WHERE endpoint_id = webhook_endpoints.id) AS failing_since`;
/** Time after which another process sends the mail about a disabled endpoint. */
const MAIL_LEASE_SECONDS = 60;

/** Writes `webhook_endpoints`, `webhook_failures` and `webhook_secrets`. */
export class WebhookEndpointRepository {
  constructor(private readonly manager: EntityManager) {}

  /** @throws TooManyWebhookEndpoints */
  async create(url: string, events: string[], secret: string): Promise<WebhookEndpoint> {
    await this.manager.query('SELECT pg_advisory_xact_lock($1)', [CREATION_LOCK]);
    const [row] = await this.manager.query<[{ count: number }]>(
      'SELECT count(*)::int AS count FROM webhook_endpoints',
    );
    if (row.count >= MAX_WEBHOOK_ENDPOINTS) throw new TooManyWebhookEndpoints(MAX_WEBHOOK_ENDPOINTS);
    const [endpoint] = await this.manager.query<[WebhookEndpoint]>(
      `INSERT INTO webhook_endpoints (url, events) VALUES ($1, $2) RETURNING ${COLUMNS}`,
      [url, events],
    );
    await this.addSecret(endpoint.id, secret);
    return endpoint;
  }

  /** @throws WebhookEndpointNotFound */
  async get(id: number): Promise<WebhookEndpoint> {
    const [endpoint] = await this.find('WHERE id = $1', [id]);
    if (!endpoint) throw new WebhookEndpointNotFound(id);
    return endpoint;
  }

  /** @throws WebhookEndpointNotFound */
  async lockForUpdate(id: number): Promise<WebhookEndpoint> {
    const [endpoint] = await this.find('WHERE id = $1 FOR UPDATE', [id]);
    if (!endpoint) throw new WebhookEndpointNotFound(id);
    return endpoint;
  }

  /** @returns endpoints below the id `before`, newest first */
  list({ before, limit }: { before?: number; limit: number }): Promise<WebhookEndpoint[]> {
    return this.find('WHERE id < $1 ORDER BY id DESC LIMIT $2', [before ?? Number.MAX_SAFE_INTEGER, limit]);
  }

  enabled(): Promise<WebhookEndpoint[]> {
    return this.find(`WHERE state = 'enabled' ORDER BY id`, []);
  }

  /** Changes the address or the chosen events. Deliveries that wait are sent to the new address. */
  change(id: number, { url, events }: { url?: string; events?: string[] }): Promise<WebhookEndpoint> {
    return this.update('SET url = coalesce($2, url), events = coalesce($3, events) WHERE id = $1', [
      id,
      url ?? null,
      events ?? null,
    ]);
  }

  async enable(id: number): Promise<WebhookEndpoint> {
    await this.recordSuccess(id);
    return this.update(
      `SET state = 'enabled', disabled_reason = NULL, disabled_at = NULL, mail_due_at = NULL,
           enabled_at = clock_timestamp()
       WHERE id = $1`,
      [id],
    );
  }

  /** Disables an endpoint on request. */
  disable(id: number): Promise<WebhookEndpoint> {
    return this.update(
      `SET state = 'disabled', disabled_reason = 'request', disabled_at = clock_timestamp() WHERE id = $1`,
      [id],
    );
  }

  /** Its secrets are deleted with it. Its deliveries are deleted by the retention. */
  async delete(id: number) {
    await this.manager.query('DELETE FROM webhook_endpoints WHERE id = $1', [id]);
  }

  /** Records a success. Writes only if the endpoint was failing. */
  async recordSuccess(id: number) {
    await this.manager.query('DELETE FROM webhook_failures WHERE endpoint_id = $1', [id]);
  }

  /**
   * Records a failure, and disables the endpoint if it is gone, or if it has been failing for `maxHours`.
   *
   * @returns why it was disabled now, or undefined
   */
  async recordFailure(
    id: number,
    isGone: boolean,
    maxHours: number,
  ): Promise<WebhookDisabledReason | undefined> {
    await this.manager.query(
      `INSERT INTO webhook_failures (endpoint_id) SELECT id FROM webhook_endpoints WHERE id = $1 AND state = 'enabled'
       ON CONFLICT DO NOTHING`,
      [id],
    );
    const [disabled] = await this.manager.query<[{ disabled_reason: WebhookDisabledReason }[], number]>(
      `UPDATE webhook_endpoints SET state = 'disabled', disabled_reason = CASE WHEN $2 THEN 'gone' ELSE 'failing' END,
              disabled_at = clock_timestamp(), mail_due_at = clock_timestamp()
       WHERE id = $1 AND state = 'enabled' AND ($2 OR EXISTS (
         SELECT FROM webhook_failures
         WHERE endpoint_id = $1 AND since < clock_timestamp() - make_interval(hours => $3)))
       RETURNING disabled_reason`,
      [id, isGone, maxHours],
    );
    return disabled[0]?.disabled_reason;
  }

  /**
   * Adds a secret. The current one stays valid for some hours, and one from before it is deleted: two are valid at most.
   *
   * @param id endpoint, locked
   */
  async rotateSecret(id: number, secret: string, previousValidHours: number) {
    await this.manager.query(
      'DELETE FROM webhook_secrets WHERE endpoint_id = $1 AND expires_at IS NOT NULL',
      [id],
    );
    await this.manager.query(
      `UPDATE webhook_secrets SET expires_at = clock_timestamp() + make_interval(hours => $2)
       WHERE endpoint_id = $1 AND expires_at IS NULL`,
      [id, previousValidHours],
    );
    await this.addSecret(id, secret);
  }

  /** @returns the secrets of the endpoint that are valid now, the newest first. Only notify-worker may read them */
  async validSecrets(id: number): Promise<string[]> {
    const rows = await this.manager.query<{ secret: string }[]>(
      `SELECT secret FROM webhook_secrets
       WHERE endpoint_id = $1 AND (expires_at IS NULL OR expires_at > clock_timestamp()) ORDER BY id DESC`,
      [id],
    );
    return rows.map(({ secret }) => secret);
  }

  /** Leases the endpoints whose end the operator has to be notified of. */
  async claimDueMails(): Promise<WebhookEndpoint[]> {
    const [endpoints] = await this.manager.query<[WebhookEndpoint[], number]>(
      `UPDATE webhook_endpoints SET mail_due_at = clock_timestamp() + make_interval(secs => ${MAIL_LEASE_SECONDS})
       WHERE mail_due_at <= clock_timestamp() RETURNING ${COLUMNS}`,
    );
    return endpoints;
  }

  async recordMailed(id: number) {
    await this.manager.query('UPDATE webhook_endpoints SET mail_due_at = NULL WHERE id = $1', [id]);
  }

  /** @returns the number of endpoints that the system has disabled, and that were neither enabled nor deleted since */
  async countDisabled(): Promise<number> {
    const [row] = await this.manager.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM webhook_endpoints WHERE disabled_reason IN ('failing', 'gone')`,
    );
    return row.count;
  }

  private async addSecret(id: number, secret: string) {
    await this.manager.query('INSERT INTO webhook_secrets (endpoint_id, secret) VALUES ($1, $2)', [
      id,
      secret,
    ]);
  }

  private find(condition: string, parameters: unknown[]): Promise<WebhookEndpoint[]> {
    return this.manager.query<WebhookEndpoint[]>(
      `SELECT ${COLUMNS} FROM webhook_endpoints ${condition}`,
      parameters,
    );
  }

  private async update(change: string, parameters: unknown[]): Promise<WebhookEndpoint> {
    const [[endpoint]] = await this.manager.query<[[WebhookEndpoint], number]>(
      `UPDATE webhook_endpoints ${change} RETURNING ${COLUMNS}`,
      parameters,
    );
    return endpoint;
  }
}
