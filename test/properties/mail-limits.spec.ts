import { MailLimitReached, Repositories, type MailLimits } from '@estoque/domain';
import { createLogger, isLockTimeout } from '@estoque/platform';
import type { EntityManager } from 'typeorm';
import { MailQuotaPruningService } from '../../apps/notify-worker/src/mail-quota-pruning.service.js';
import { barrier, runConcurrently, TestShop } from '../support/test-shop.js';
import { until } from '../support/until.js';

const LIMITS: MailLimits = { orders: 20, alerts: 3 };

describe('Limits of mails to one recipient', () => {
  let shop: TestShop;
  let product_id: number;
  beforeAll(async () => {
    shop = await TestShop.open({ workers: 6 });
    product_id = await shop.createProduct(1_000);
  });
  afterEach(() => shop.dataSource.query('TRUNCATE notifications, mail_quotas'));
  afterAll(() => shop.close());

  /** Records one mail about an order to each recipient. */
  const recordFor = (recipients: string[]) =>
    shop.dataSource.query(
      `WITH placed AS (
         INSERT INTO orders (customer_name, customer_email, locale, currency, total)
         SELECT 'Ana', recipient, 'en', 'BRL', 100 FROM unnest($1::text[]) AS recipient
         RETURNING id, customer_email
       )
       INSERT INTO notifications (order_id, kind, recipient, locale)
       SELECT id, 'order_processed', customer_email, 'en' FROM placed`,
      [recipients],
    );
  const claim = (limit = 100, limits = LIMITS) =>
    shop.unitOfWork.inTransaction((all) => all.pendingNotifications.claimDue(limit, limits));
  /** Claims until nothing is due, like a mail sender. @returns the number of claimed mails by recipient */
  async function claimAll(count = new Map<string, number>(), limit = 100) {
    for (;;) {
      const due = await claim(limit).catch((error: unknown) => {
        if (!isLockTimeout(error)) throw error;
      });
      if (!due) continue;
      const { claimed, withheld } = due;
      for (const { recipient } of claimed) count.set(recipient, (count.get(recipient) ?? 0) + 1);
      if (claimed.length + withheld.length === 0) return count;
    }
  }
  const markSent = (ids: number[]) =>
    shop.unitOfWork.inTransaction((all) => all.pendingNotifications.markSent(ids));
  const resend = (id: number, limits = LIMITS) =>
    shop.unitOfWork.inTransaction(({ notifications }) => notifications.resend(id, limits));
  const countStates = async () =>
    Object.fromEntries(
      (
        await shop.dataSource.query<{ state: string; count: number }[]>(
          'SELECT state, count(*)::int AS count FROM notifications GROUP BY state',
        )
      ).map(({ state, count }) => [state, count]),
    );
  /** Moves all counted mails back in time. */
  const passTime = (minutes: number) =>
    shop.dataSource.query(
      `UPDATE mail_quotas SET counted_at = ARRAY(SELECT at - make_interval(mins => $1) FROM unnest(counted_at) AS at),
              expires_at = expires_at - make_interval(mins => $1)`,
      [minutes],
    );
  const repeat = (count: number, recipient = 'ana@example.com') => Array<string>(count).fill(recipient);

  it('claim all mails of customers with five orders each', async () => {
    const customers = Array.from({ length: 50 }, (_, index) => `ana-${index}@example.com`);
    await recordFor(customers.flatMap((customer) => repeat(5, customer)));
    expect(await claimAll()).toEqual(new Map(customers.map((customer) => [customer, 5])));
    expect(await countStates()).toEqual({ pending: 250 });
  });

  it('claim 20 of 200 mails to one recipient and withhold the others, with a reason', async () => {
    await recordFor(repeat(200));
    expect(await claimAll()).toEqual(new Map([['ana@example.com', 20]]));
    expect(await countStates()).toEqual({ pending: 20, withheld: 180 });
    const withheld = await shop.unitOfWork.read.notifications.list({ state: 'withheld', limit: 200 });
    expect(withheld).toHaveLength(180);
    expect(new Set(withheld.map(({ last_error }) => last_error))).toEqual(
      new Set(['not sent: its recipient has got the maximum number of mails within an hour']),
    );
    expect(new Set(withheld.map(({ leased_until }) => leased_until))).toEqual(new Set([null]));
  });

  it.each([1, 7, 100])('hold for six mail senders that claim %i mails at a time', async (batchSize) => {
    const customers = Array.from({ length: 30 }, (_, index) => `ana-${index}@example.com`);
    // Mails to one recipient are spread over the claims of all senders.
    const recipients = Array.from({ length: 40 }, () => customers).flat();
    await recordFor(recipients);
    const counts = new Map<string, number>();
    const allReady = barrier(6);
    await runConcurrently(6, async () => {
      await allReady();
      await claimAll(counts, batchSize);
    });
    expect(counts).toEqual(new Map(customers.map((customer) => [customer, 20])));
    expect(await countStates()).toEqual({ pending: 600, withheld: 600 });
  });

  it('hold for two senders whose transactions overlap, with the last free mail of the quota', async () => {
    await recordFor(repeat(19));
    await claimAll();
    await recordFor(repeat(2));
    const claimIn = (manager: EntityManager) =>
      new Repositories(manager).pendingNotifications.claimDue(1, LIMITS);
    let second: ReturnType<typeof claimIn> | undefined;
    await shop.dataSource.transaction(async (manager) => {
      expect((await claimIn(manager)).claimed).toHaveLength(1);
      second = shop.dataSource.transaction(async (waiting) => {
        await waiting.query('SET LOCAL lock_timeout = 0');
        return claimIn(waiting);
      });
      await until('the second claim to wait for the first one', async () => {
        const [row] = await shop.dataSource.query<{ count: number }[]>(
          `SELECT count(*)::int AS count FROM pg_stat_activity
           WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return row!.count === 1;
      });
    });
    expect(await second).toMatchObject({ claimed: [], withheld: [{ state: 'withheld' }] });
  });

  it.each([
    'Ana.Souza@Example.com',
    'anasouza+1@example.com',
    'a.n.a.souza+shop+2@EXAMPLE.COM',
    'ANASOUZA@example.com',
  ])('count %s and anasouza@example.com as one recipient', async (variant) => {
    await recordFor([...repeat(12, 'anasouza@example.com'), ...repeat(12, variant)]);
    const counts = await claimAll();
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(20);
  });

  it('count other addresses as other recipients', async () => {
    const others = ['ana@example.com', 'ana@example.org', 'anas@example.com', 'an@aexample.com'];
    await recordFor(others.flatMap((recipient) => repeat(20, recipient)));
    expect(await claimAll()).toEqual(new Map(others.map((recipient) => [recipient, 20])));
  });

  it('count a mail once that is claimed again after an outage, a deferral or a crash', async () => {
    await recordFor(repeat(12));
    for (let outage = 0; outage < 5; outage++) {
      const { claimed } = await claim();
      expect(claimed).toHaveLength(12);
      const ids = claimed.map(({ id }) => id);
      await shop.unitOfWork.inTransaction(async ({ pendingNotifications }) => {
        await pendingNotifications.release(ids.slice(2), 'unavailable');
        await pendingNotifications.defer(ids[0]!, 'deferred', 0);
      });
      await shop.dataSource.query('UPDATE notifications SET leased_until = now() WHERE id = $1', [ids[1]]);
    }
    await recordFor(repeat(9));
    await claim();
    expect(await countStates()).toEqual({ pending: 20, withheld: 1 });
  });

  it('are those of any hour, not of a clock hour: each mail is free again an hour after it', async () => {
    await recordFor(repeat(15));
    await claimAll();
    await passTime(40);
    await recordFor(repeat(10));
    expect((await claim()).claimed).toHaveLength(5);
    await passTime(19);
    await recordFor(repeat(1));
    expect((await claim()).withheld).toHaveLength(1);
    await passTime(2);
    await recordFor(repeat(20));
    expect((await claim()).claimed).toHaveLength(15);
  });

  it('count alerts apart from mails about orders, with a maximum of their own', async () => {
    const movements = await shop.dataSource.query<{ id: number }[]>(
      `INSERT INTO movements (product_id, kind, quantity, balance_after, reason)
       SELECT $1, 'adjustment', -1, 1, 'test' FROM generate_series(1, 8) RETURNING id`,
      [product_id],
    );
    const alert = { kind: 'low_stock', recipient: 'ana@example.com', locale: 'en' } as const;
    await shop.unitOfWork.inTransaction(({ notifications }) =>
      notifications.record(movements.map(({ id: movement_id }) => ({ ...alert, movement_id }))),
    );
    await recordFor(repeat(25));
    const { claimed, withheld } = await claim();
    const kinds = (mails: { kind: string }[]) => mails.map(({ kind }) => kind).toSorted();
    expect(kinds(claimed)).toEqual([
      ...Array<string>(3).fill('low_stock'),
      ...Array<string>(20).fill('order_processed'),
    ]);
    expect(withheld).toHaveLength(10);
  });

  describe('and mails that are sent again', () => {
    it('count each resend, and refuse it with the time until the next one is possible', async () => {
      await recordFor(repeat(1));
      const { claimed } = await claim();
      const { id } = claimed[0]!;
      await markSent([id]);
      await passTime(50);
      for (let attempt = 1; attempt < 20; attempt++) {
        await resend(id);
        await markSent([id]);
      }
      const refusal = await resend(id).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(MailLimitReached);
      const { retryAfterSeconds } = refusal as MailLimitReached;
      expect(retryAfterSeconds).toBeGreaterThan(9 * 60);
      expect(retryAfterSeconds).toBeLessThanOrEqual(10 * 60);
      const [stored] = await shop.unitOfWork.read.notifications.list({ limit: 1 });
      expect(stored).toMatchObject({ state: 'sent', resends: 19 });
      await passTime(11);
      await resend(id);
    });

    it('send a withheld mail as soon as its recipient may get one, without counting it twice', async () => {
      await recordFor(repeat(21));
      const { withheld } = await claim();
      await expect(resend(withheld[0]!.id)).rejects.toBeInstanceOf(MailLimitReached);
      expect(await countStates()).toEqual({ pending: 20, withheld: 1 });
      await passTime(61);
      await resend(withheld[0]!.id);
      await recordFor(repeat(20));
      const later = await claim();
      expect(later.claimed.map(({ id }) => id)).toContain(withheld[0]!.id);
      expect([later.claimed.length, later.withheld.length]).toEqual([20, 1]);
    });

    it('allow 20 of 60 concurrent resends of different mails to one recipient', async () => {
      await recordFor(repeat(60));
      await shop.dataSource.query(`UPDATE notifications SET state = 'sent', counted = true`);
      const mails = await shop.unitOfWork.read.notifications.list({ limit: 60 });
      const results = await Promise.allSettled(mails.map(({ id }) => resend(id)));
      expect(results.filter(({ status }) => status === 'fulfilled')).toHaveLength(20);
      for (const result of results)
        if (result.status === 'rejected') expect(result.reason).toBeInstanceOf(MailLimitReached);
      expect(await countStates()).toEqual({ pending: 20, sent: 40 });
    });
  });

  it('apply a lower maximum to mails that were counted before', async () => {
    await recordFor(repeat(10));
    await claim();
    await passTime(20);
    await recordFor(repeat(10));
    const { claimed } = await claim();
    await markSent(claimed.map(({ id }) => id));
    await passTime(10);
    // Fewer than five mails are counted as soon as the sixth of the later ten is an hour old.
    const lower = { ...LIMITS, orders: 5 };
    const refusal = (await resend(claimed[0]!.id, lower).catch(
      (error: unknown) => error,
    )) as MailLimitReached;
    expect(refusal.retryAfterSeconds).toBeGreaterThan(49 * 60);
    expect(refusal.retryAfterSeconds).toBeLessThanOrEqual(50 * 60);
  });

  it('keep no quota after an hour, and each quota until then', async () => {
    const pruning = new MailQuotaPruningService(
      shop.unitOfWork,
      createLogger('test', { LOG_LEVEL: 'silent' }),
    );
    const countQuotas = async () =>
      (await shop.dataSource.query<{ count: number }[]>('SELECT count(*)::int AS count FROM mail_quotas'))[0]!
        .count;
    await recordFor(repeat(25, 'early@example.com'));
    await claim();
    await passTime(59);
    await recordFor(['late@example.com']);
    await claim();
    await pruning.prune();
    expect(await countQuotas()).toBe(2);
    await passTime(2);
    await pruning.prune();
    expect(await countQuotas()).toBe(1);
    await recordFor(repeat(20, 'late@example.com'));
    expect((await claim()).claimed).toHaveLength(19);
  });
});
