import type { MailLimits } from '@estoque/domain';
import type { EntityManager } from 'typeorm';
import { PendingNotificationRepository } from '../../libs/domain/src/notification/pending-notification.repository.js';
import { countBuffers, holdSnapshot } from '../support/old-snapshots.js';
import { TestShop } from '../support/test-shop.js';

/** Never reached. */
const LIMITS: MailLimits = { orders: 10_000, alerts: 10_000 };

describe('Claims of due mails', () => {
  let shop: TestShop;
  beforeAll(async () => void (shop = await TestShop.open({ workers: 4 })));
  afterEach(() => shop.dataSource.query('TRUNCATE notifications'));
  afterAll(() => shop.close());

  /** Records mails that are due since `secondsAgo`. @returns their ids */
  const record = async (count: number, secondsAgo = 0, manager: EntityManager = shop.dataSource.manager) =>
    (
      await manager.query<{ id: number }[]>(
        `INSERT INTO notifications (kind, recipient, locale, due_at)
         SELECT 'order_processed', gen_random_uuid(), 'en', now() - make_interval(secs => $2)
         FROM generate_series(1, $1::integer) RETURNING id`,
        [count, secondsAgo],
      )
    ).map(({ id }) => id);
  /** A mail sender, which remembers the position. @returns the ids of the mails that it claims next */
  function newSender() {
    let position: string | undefined;
    return (limit = 100) =>
      shop.unitOfWork.inTransaction(async ({ pendingNotifications }) => {
        const { claimed, next } = await pendingNotifications.claimDue(limit, LIMITS, position);
        position = next;
        return claimed.map(({ id }) => id);
      });
  }
  const markSent = (ids: number[]) =>
    shop.unitOfWork.inTransaction(({ pendingNotifications }) => pendingNotifications.markSent(ids));

  it('claim each mail once, in the sequence in which they are due', async () => {
    const [claim, claimElsewhere] = [newSender(), newSender()];
    const ids = [...(await record(3, 60)), ...(await record(3, 50))];
    expect(await claim(2)).toEqual([ids[0], ids[1]]);
    expect(await claimElsewhere(2)).toEqual([ids[2], ids[3]]);
    expect(await claim()).toEqual([ids[4], ids[5]]);
    expect([await claim(), await claimElsewhere()]).toEqual([[], []]);
  });

  it.each<[string, (id: number) => Promise<unknown>]>([
    [
      'its lease has ended',
      (id) => shop.dataSource.query('UPDATE notifications SET leased_until = now() WHERE id = $1', [id]),
    ],
    [
      'it was released',
      (id) => shop.unitOfWork.inTransaction((all) => all.pendingNotifications.release([id], null)),
    ],
    [
      'it was deferred',
      (id) => shop.unitOfWork.inTransaction((all) => all.pendingNotifications.defer(id, 'deferred', 0)),
    ],
    [
      'it is to be sent again',
      async (id) => {
        await markSent([id]);
        await shop.unitOfWork.inTransaction((all) => all.notifications.resend(id, LIMITS));
        await shop.dataSource.query('UPDATE notifications SET leased_until = NULL WHERE id = $1', [id]);
      },
    ],
  ])('find a mail again when %s', async (_, change) => {
    const claim = newSender();
    const [id, other] = await record(2, 60);
    expect(await claim()).toEqual([id, other]);
    await markSent([other!]);
    expect(await claim()).toEqual([]);
    await change(id!);
    expect(await claim()).toEqual([id]);
  });

  it('find a mail whose transaction began before the last search and committed after it', async () => {
    const claim = newSender();
    await shop.dataSource.transaction(async (manager) => {
      await record(1, 0, manager);
      expect(await claim()).toEqual([]);
    });
    expect(await claim()).toHaveLength(1);
  });

  it('renew the leases of all mails except one that another session has locked', async () => {
    const ids = await record(3);
    const lock = 'SELECT 1 FROM notifications WHERE id = $1 FOR UPDATE';
    await shop.whileLocked(lock, [ids[1]], () =>
      shop.unitOfWork.inTransaction((all) => all.pendingNotifications.renewLeases(ids)),
    );
    const leased = await shop.dataSource.query<{ id: number }[]>(
      'SELECT id FROM notifications WHERE leased_until > now() ORDER BY id',
    );
    expect(leased.map(({ id }) => id)).toEqual([ids[0], ids[2]]);
  });

  it('touch a bounded number of pages while an old snapshot keeps 20,000 sent mails', async () => {
    const buffers: number[] = [];
    const counting = new PendingNotificationRepository({
      query: async (sql: string, parameters?: unknown[]) => {
        buffers.push(await countBuffers(shop.dataSource, sql, parameters));
        return shop.dataSource.query<unknown>(sql, parameters);
      },
    } as unknown as EntityManager);
    const endSnapshot = await holdSnapshot(shop.url);
    await markSent(await record(20_000, 60));
    // With statistics that say that few mails are pending, the planner has no reason to prefer the right index.
    await shop.dataSource.query('ANALYZE notifications');
    const { next } = await counting.claimDue(100, LIMITS);
    const [waiting] = await record(1);
    expect((await counting.claimDue(100, LIMITS, next)).claimed).toMatchObject([{ id: waiting }]);
    expect(await counting.count(next)).toBe(1);
    await endSnapshot();
    const [first, ...later] = buffers;
    expect(later).toHaveLength(2);
    for (const count of later) expect(count).toBeLessThan(100);
    // The check itself: the first search, without a position, does touch the pages of the sent mails.
    expect(first).toBeGreaterThan(500);
  });
});
