import { sqlClientOf, type SqlClient } from '@estoque/database';
import { catalogue, EXCHANGE } from '@estoque/domain';
import {
  DeadLetterCapacity,
  DeadLetterJobRunner,
  DeadLetterJobs,
  DeadLetterReplay,
  DeadLetterRetention,
  DeadLetters,
  DeadLetterSearch,
  topologyOf,
  type Publisher,
} from '@estoque/messaging';
import { AppError } from '@estoque/platform';
import type { Options } from 'amqplib';
import { runConcurrently, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

const topology = topologyOf(EXCHANGE, catalogue);
const LETTERS = 50;

/** Uses a real PostgreSQL. The publisher is replaced by one that counts what is published. */
describe('Dead letters', () => {
  let shop: TestShop;
  let sql: SqlClient;
  let published: { body: string; options: Options.Publish }[];
  let isBrokerAvailable: boolean;
  let replays: DeadLetterReplay;
  let deadLetters: DeadLetters;
  let jobs: DeadLetterJobs;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 20 })));
  afterAll(() => shop.close());
  beforeEach(async () => {
    await shop.dataSource.query('TRUNCATE dead_letter_jobs');
    await shop.dataSource.query('DELETE FROM dead_letters');
    published = [];
    isBrokerAvailable = true;
    const publisher = {
      get ready() {
        return isBrokerAvailable;
      },
      publish: (_exchange: string, _routingKey: string, body: Buffer, options: Options.Publish) => {
        if (!isBrokerAvailable)
          return Promise.reject(new AppError('unavailable', 'broker_unavailable', 'stopped'));
        published.push({ body: body.toString(), options });
        return new Promise<void>((resolve) => setImmediate(resolve));
      },
    } as unknown as Publisher;
    sql = sqlClientOf(shop.dataSource);
    replays = new DeadLetterReplay(sql, publisher, topology);
    deadLetters = new DeadLetters(sql, replays, new DeadLetterCapacity(sql, 1_000));
    jobs = new DeadLetterJobs(sql);
  });

  const createRunner = () => new DeadLetterJobRunner(sql, replays);
  const runJobs = () => createRunner().runAll(new AbortController().signal);
  /** Stores dead letters with the bodies 0, 1 ... @returns their ids, in this order */
  async function store(count: number, fields: Record<string, unknown> = {}): Promise<number[]> {
    for (let index = 0; index < count; index++)
      await deadLetters.record({
        queue: 'order_queue',
        routingKey: 'order.created',
        reason: 'bug',
        error: 'failed',
        attempts: 4,
        properties: { messageId: `message-${index}` },
        headers: { rerouted: 1, tenant: 'a' },
        body: Buffer.from(String(index)),
        subject: { order_id: index },
        ...fields,
      });
    return (await sql.query<{ id: number }>('SELECT id FROM dead_letters ORDER BY id')).map(({ id }) => id);
  }
  /** A UUID v7 with this time. */
  const idAt = (milliseconds: number) =>
    `${milliseconds
      .toString(16)
      .padStart(12, '0')
      .replace(/(.{8})(.{4})/, '$1-$2')}-7000-8000-000000000000`;
  const countByState = async () => {
    const rows = await sql.query<{ state: string; count: number }>(
      'SELECT state, count(*)::int AS count FROM dead_letters GROUP BY state',
    );
    return Object.fromEntries(rows.map(({ state, count }) => [state, count]));
  };
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error as AppError).code,
    );

  it('are published once by 16 parallel replays', async () => {
    const ids = await store(LETTERS);
    const outcomes = await runConcurrently(16, async () => {
      const codes: string[] = [];
      for (const id of ids) codes.push(await codeOf(deadLetters.replay(id, 'ana')));
      return codes;
    });
    expect(published).toHaveLength(LETTERS);
    expect(outcomes.flat().filter((code) => code === 'done')).toHaveLength(LETTERS);
    for (const code of outcomes.flat())
      expect(['done', 'dead_letter_closed', 'dead_letter_replaying']).toContain(code);
    expect(await countByState()).toEqual({ replayed: LETTERS });
  });

  it('are published once by 16 parallel jobs, single replays and four processes that run the jobs', async () => {
    const ids = await store(LETTERS);
    await runConcurrently(16, () => jobs.create('replay', {}, 'ana'));
    await Promise.all([
      ...ids.map((id) => codeOf(deadLetters.replay(id, 'rui'))),
      ...Array.from({ length: 4 }, () =>
        until('no unfinished job', async () => {
          await runJobs();
          return (await jobs.list({ limit: 100 })).every(({ state }) => state === 'finished');
        }),
      ),
    ]);
    expect(published.map(({ body }) => body).toSorted()).toEqual(
      ids.map((_, index) => String(index)).toSorted(),
    );
    expect(await countByState()).toEqual({ replayed: LETTERS });
  });

  it('are marked as replayed, and lose the header of an earlier rerouting', async () => {
    const [id] = await store(1);
    await deadLetters.replay(id!, 'ana');
    expect(published[0]!.options).toMatchObject({ messageId: 'message-0' });
    expect(published[0]!.options.headers).toEqual({ tenant: 'a', replayed: true, home_queue: 'order_queue' });
  });

  it('are open again when the claim of a crashed replay has expired', async () => {
    const [id] = await store(1);
    await replays.claimOne(id!);
    expect((await deadLetters.get(id!)).state).toBe('replaying');
    expect(await deadLetters.list({ state: 'open' }, { limit: 1 })).toEqual([]);
    expect(await deadLetters.list({ state: 'replaying' }, { limit: 1 })).toHaveLength(1);
    expect(await codeOf(deadLetters.replay(id!, 'ana'))).toBe('dead_letter_replaying');
    expect(await codeOf(deadLetters.discard(id!, 'ana'))).toBe('dead_letter_replaying');
    await sql.query(`UPDATE dead_letters SET replaying_until = clock_timestamp() - interval '1 ms'`);
    expect((await deadLetters.get(id!)).state).toBe('open');
    await deadLetters.replay(id!, 'ana');
    expect(published).toHaveLength(1);
  });

  it('stay open if they are dead-lettered again before the replay is recorded, or the broker is unavailable', async () => {
    const [id] = await store(1);
    const claimed = await replays.claimOne(id!);
    await replays.publish(claimed!);
    await store(1);
    expect((await deadLetters.get(id!)).state).toBe('open');
    isBrokerAvailable = false;
    expect(await codeOf(deadLetters.replay(id!, 'ana'))).toBe('broker_unavailable');
    expect(await deadLetters.get(id!)).toMatchObject({ state: 'open', dead_letter_count: 2, actions: [] });
  });

  it('are not replayed to a queue that does not exist, nor with a body above the maximum or a part of one', async () => {
    await store(1, { queue: 'nowhere' });
    const [first, second] = await store(1, { body: Buffer.alloc(1024 ** 2 + 1) });
    const [, , third] = await store(1, { body: Buffer.alloc(1024 ** 2), reason: 'body_too_large' });
    for (const id of [first!, second!, third!])
      expect(await codeOf(deadLetters.replay(id, 'ana'))).toBe('dead_letter_not_replayable');
    const { id } = await jobs.create('replay', {}, 'ana');
    await runJobs();
    expect(await jobs.get(id)).toMatchObject({ state: 'finished', total: 3, done: 0, failed: 3 });
    expect((await jobs.get(id)).last_error).toMatch(/cannot be replayed/);
    expect(await countByState()).toEqual({ open: 3 });
  });

  it('are handled by a job according to its filter, without those that arrive later', async () => {
    await store(5);
    await store(3, { reason: 'invalid_json', queue: 'stock_queue' });
    const { id, total } = await jobs.create('discard', { reason: 'invalid_json' }, 'ana');
    await store(1, { reason: 'invalid_json', body: Buffer.from('later') });
    await runJobs();
    expect([total, await jobs.get(id)]).toMatchObject([3, { state: 'finished', done: 3, failed: 0 }]);
    expect(await countByState()).toEqual({ open: 6, discarded: 3 });
    expect(published).toEqual([]);
  });

  it('of a job whose process crashed are handled by another process', async () => {
    const ids = await store(30);
    const { id } = await jobs.create('replay', {}, 'ana');
    const crashed = createRunner();
    // A crash after the claim of the first chunk: no progress is recorded.
    jest.spyOn(replays, 'publish').mockImplementationOnce(() => new Promise(() => undefined));
    void crashed.runAll(new AbortController().signal);
    await until('the first chunk', async () => (await deadLetters.get(ids[0]!)).state === 'replaying');
    await runJobs();
    expect((await jobs.get(id)).state).toBe('running');
    await sql.query('UPDATE dead_letter_jobs SET leased_until = clock_timestamp()');
    await runJobs();
    expect(await jobs.get(id)).toMatchObject({ state: 'finished', total: 30, done: 30, failed: 0 });
    expect(published).toHaveLength(30);
  });

  it('of a job wait for the broker, and are then published once', async () => {
    await store(30);
    const { id } = await jobs.create('replay', {}, 'ana');
    isBrokerAvailable = false;
    await runJobs();
    expect(await jobs.get(id)).toMatchObject({ state: 'running', done: 0, failed: 0, last_error: 'stopped' });
    expect(await countByState()).toEqual({ open: 30 });
    isBrokerAvailable = true;
    await runJobs();
    expect(await jobs.get(id)).toMatchObject({ state: 'finished', done: 30, failed: 0 });
    expect(published).toHaveLength(30);
  });

  it('of a cancelled job stay open', async () => {
    await store(100);
    const { id } = await jobs.create('replay', {}, 'ana');
    const running = runJobs();
    await until('the first chunk', async () => (await jobs.get(id)).done > 0);
    const cancelled = await jobs.cancel(id, 'rui');
    await running;
    const { done, state } = await jobs.get(id);
    expect([state, cancelled.cancelled_by]).toEqual(['cancelled', 'rui']);
    expect(done - cancelled.done).toBeLessThanOrEqual(20);
    expect([published.length, await countByState()]).toEqual([done, { replayed: done, open: 100 - done }]);
    expect(await codeOf(jobs.cancel(id, 'rui'))).toBe('dead_letter_job_ended');
  });

  it('of one order are published by a job in the sequence of their events, not of their ids', async () => {
    const now = Date.now();
    /** Events of orders, in the sequence in which they are dead-lettered. */
    const events = [
      { order_id: 1, at: now - 1_000 },
      ...Array.from({ length: 30 }, (_, index) => ({ order_id: 100 + index, at: now })),
      { order_id: 1, at: now - 3_000 },
      { order_id: 1, at: now - 2_000 },
    ];
    for (const [index, { order_id, at }] of events.entries())
      await store(1, {
        subject: { order_id },
        properties: { messageId: idAt(at) },
        body: Buffer.from(`${order_id} ${index}`),
      });
    const { id } = await jobs.create('replay', {}, 'ana');
    await runJobs();
    expect(await jobs.get(id)).toMatchObject({ state: 'finished', total: 33, done: 33, failed: 0 });
    const bodies = published.map(({ body }) => body);
    expect(bodies.filter((body) => body.startsWith('1 '))).toEqual(['1 31', '1 32', '1 0']);
    expect(new Set(bodies).size).toBe(33);
  });

  it('are grouped by queue, event, reason and the error without numbers and quoted texts', async () => {
    await store(3, { error: 'There is no order 12.' });
    await store(1, { error: 'There is no order 7.', body: Buffer.from('other') });
    await store(1, { error: 'There is no product "x".', body: Buffer.from('third') });
    const [discarded] = await store(1, { reason: 'invalid_json', body: Buffer.from('fourth') });
    await deadLetters.discard(discarded!, 'ana');
    const search = new DeadLetterSearch(sql);
    const groups = await search.groups({});
    expect(groups.map(({ count }) => count)).toEqual([3, 1, 1]);
    expect(groups.map(({ error_pattern, reason }) => `${error_pattern} ${reason}`).toSorted()).toEqual([
      'There is no order #. bug',
      'There is no product #. bug',
      'failed invalid_json',
    ]);
    const [largest] = groups;
    const listed = await deadLetters.list({ group: largest!.key, state: 'open' }, { limit: 10 });
    expect(listed.map(({ id }) => id)).toContain(largest!.latest_id);
    expect(listed).toHaveLength(3);
    const { id } = await jobs.create('discard', { group: largest!.key }, 'ana');
    await runJobs();
    expect((await jobs.get(id)).done).toBe(3);
    expect(await search.groups({ group: largest!.key })).toEqual([]);
  });

  it('are found by a text in body, headers, properties or error, newest first and page by page', async () => {
    const texts = { body: Buffer.from('{"sku": "Caf\\u00e9-1"}') };
    const ids = await store(5, { headers: { tenant: 'Shop-A' } });
    await store(1, { ...texts, error: 'Needle in the error' });
    const search = new DeadLetterSearch(sql);
    const find = async (text: string, page: { before?: number; limit: number } = { limit: 10 }) =>
      (await search.search({}, text, page)).found.map(({ id }) => id);
    expect(await find('shop-a')).toEqual(ids.toReversed());
    expect(await find('SHOP-A', { before: ids[3]!, limit: 2 })).toEqual([ids[2], ids[1]]);
    expect(await find('message-3')).toEqual([ids[3]]);
    expect(await find('needle')).toHaveLength(1);
    expect(await find('café-1')).toEqual(await find('needle'));
    expect(await find('%')).toEqual([]);
    expect((await search.search({ reason: 'none' }, 'shop-a', { limit: 10 })).last).toBeNull();
  });

  it('are searched in bounded parts', async () => {
    const big = (name: string) => ({ body: Buffer.from(name.padEnd(6 * 1024 ** 2, 'x')) });
    let ids: number[] = [];
    for (const name of ['first', 'second', 'third', 'fourth']) ids = await store(1, big(name));
    const search = new DeadLetterSearch(sql);
    const start = await search.search({}, 'first', { limit: 10 });
    expect([start.found, start.last]).toEqual([[], expect.any(Number)]);
    const rest = await search.search({}, 'first', { limit: 10, before: start.last! });
    expect(rest.found).toHaveLength(1);
    const last = ids[3]! + 10;
    const endOfPart = (after: number) => search.endOfPart({ text: 'none' }, { after, last });
    expect([await endOfPart(0), await endOfPart(ids[2]!), await endOfPart(ids[3]!)]).toEqual([
      ids[2],
      ids[3],
      last,
    ]);
    expect(await search.count({ text: 'x' })).toMatchObject({ total: 4 });
    const { id, total } = await jobs.create('discard', { text: 'FOURTH' }, 'ana');
    await runJobs();
    expect([total, await jobs.get(id)]).toMatchObject([
      1,
      { state: 'finished', done: 1, filter: { text: 'FOURTH' } },
    ]);
    expect(await countByState()).toEqual({ open: 3, discarded: 1 });
  });

  it('are handled by a job that searches for a text as the list does, or that has their ids', async () => {
    const now = Date.now();
    const ids = await store(4);
    const later = { subject: { order_id: 7 }, headers: { tenant: 'Café' } };
    for (const [body, at] of [
      ['second', now],
      ['first', now - 1_000],
    ] as const)
      await store(1, { ...later, body: Buffer.from(body), properties: { messageId: idAt(at) } });
    const { found } = await new DeadLetterSearch(sql).search({}, 'CAFÉ', { limit: 10 });
    const job = await jobs.create('replay', { text: 'CAFÉ' }, 'ana');
    await runJobs();
    expect([job.total, await jobs.get(job.id)]).toMatchObject([found.length, { done: found.length }]);
    expect(published.map(({ body }) => body)).toEqual(['first', 'second']);
    const chosen = await jobs.create('discard', { ids: [ids[1]!, ids[3]!] }, 'ana');
    await runJobs();
    expect([chosen.total, (await jobs.get(chosen.id)).done]).toEqual([2, 2]);
    expect(await Promise.all(ids.map(async (id) => (await deadLetters.get(id)).state))).toEqual([
      'open',
      'discarded',
      'open',
      'discarded',
    ]);
  });

  it('are replayed with another body, which keeps the reference to the original if it fails again', async () => {
    const [id] = await store(1, { properties: {} });
    const edit = { body: Buffer.from('{}'), subject: { order_id: 5 }, reason: 'wrong quantity' };
    const claimed = await deadLetters.claimAndPublish(id!, edit.body);
    await deadLetters.closeReplayed(claimed, 'ana', edit.reason);
    const copy = await deadLetters.recordEdit(claimed, edit, 'ana');
    expect(published).toMatchObject([{ body: '{}' }]);
    const original = await deadLetters.get(id!);
    expect(original.body.toString()).toBe('0');
    expect(original).toMatchObject({
      state: 'replayed',
      actions: [{ action: 'replayed', actor: 'ana', reason: 'wrong quantity' }],
      edits: [{ id: copy, reason: 'wrong quantity' }],
    });
    expect(await deadLetters.get(copy)).toMatchObject({ state: 'replayed', edited_from: id });
    const { messageId } = published[0]!.options;
    await store(1, { properties: { messageId }, body: edit.body, error: 'failed again' });
    expect(await deadLetters.get(copy)).toMatchObject({
      state: 'open',
      error: 'failed again',
      edited_from: id,
      edit_reason: 'wrong quantity',
    });
  });

  it('are replayed and discarded with a reason, by a job too, which is searched like their content', async () => {
    const ids = await store(3);
    await deadLetters.replay(ids[0]!, 'ana', 'fixed in release 7');
    await deadLetters.discard(ids[1]!, 'ana');
    await jobs.create('discard', {}, 'rui', 'sent by a test');
    await runJobs();
    const actionsOf = async (id: number) => (await deadLetters.get(id)).actions;
    expect(await Promise.all(ids.map(actionsOf))).toMatchObject([
      [{ action: 'replayed', actor: 'ana', reason: 'fixed in release 7' }],
      [{ action: 'discarded', actor: 'ana', reason: null }],
      [{ action: 'discarded', actor: 'rui', reason: 'sent by a test' }],
    ]);
    expect(await jobs.list({ limit: 1 })).toMatchObject([{ actor: 'rui', reason: 'sent by a test' }]);
    const { found } = await new DeadLetterSearch(sql).search({}, 'Release 7', { limit: 10 });
    expect(found.map(({ id }) => id)).toEqual([ids[0]]);
  });

  it('are not replayed with a body that contains erased personal data', async () => {
    const [id] = await store(1);
    deadLetters = new DeadLetters(sql, replays, new DeadLetterCapacity(sql, 1_000), (addresses) =>
      Promise.resolve(addresses.includes('ana@example.com')),
    );
    const edited = deadLetters.claimAndPublish(id!, Buffer.from('{"by": "ana@example.com"}'));
    expect(await codeOf(edited)).toBe('dead_letter_not_replayable');
    expect([published, await countByState()]).toEqual([[], { open: 1 }]);
  });

  it('are not stored above the maximum number of open ones, until others are closed', async () => {
    const limited = () => new DeadLetters(sql, replays, new DeadLetterCapacity(sql, 3));
    deadLetters = limited();
    const [first] = await store(3);
    expect(await codeOf(store(1, { body: Buffer.from('one too many') }))).toBe('dead_letters_full');
    expect(await countByState()).toEqual({ open: 3 });
    await deadLetters.discard(first!, 'ana');
    await store(1, { body: Buffer.from('one too many') });
    expect(await countByState()).toEqual({ open: 3, discarded: 1 });
  });

  it('are pruned when they are closed and old, or above the maximum number; open ones never are', async () => {
    const ids = await store(8);
    for (const id of ids.slice(0, 6)) await deadLetters.discard(id, 'ana');
    await sql.query(`UPDATE dead_letters SET last_seen = now() - interval '90 days'`);
    await sql.query(`UPDATE dead_letters SET closed_at = now() - interval '31 days' WHERE id <= $1`, [
      ids[1],
    ]);
    const prune = (maxClosed: number) =>
      new DeadLetterRetention(sql, { retentionDays: 30, maxClosed }).prune();
    expect(await prune(100)).toBe(2);
    expect(await prune(3)).toBe(1);
    expect(await prune(3)).toBe(0);
    expect(await countByState()).toEqual({ open: 2, discarded: 3 });
    const remaining = await deadLetters.list({ state: 'discarded' }, { limit: 10 });
    expect(remaining.map(({ id }) => id)).toEqual([ids[5], ids[4], ids[3]]);
    expect((await deadLetters.get(ids[5]!)).actions).toHaveLength(1);
    for (const change of [
      'DELETE FROM dead_letter_actions',
      `UPDATE dead_letter_actions SET actor = 'rui'`,
      `UPDATE dead_letter_actions SET reason = 'another one'`,
    ])
      await expect(sql.query(change)).rejects.toThrow('append-only');
  });

  it('are read with a bounded part of their body', async () => {
    const body = Buffer.alloc(200_000, 'x');
    const [id] = await store(1, { body });
    const details = await deadLetters.get(id!);
    expect([details.body.length, details.body_bytes]).toEqual([65_536, 200_000]);
    expect((await deadLetters.readBody(id!, 199_990, 100)).toString()).toBe('xxxxxxxxxx');
    expect(await deadLetters.readBody(id!, 300_000, 100)).toHaveLength(0);
  });
});
