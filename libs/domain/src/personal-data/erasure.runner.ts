import type { DeadLetterErasure } from '@estoque/messaging';
import { setTimeout as sleep } from 'node:timers/promises';
import { revocationOf } from '../api-key/api-key.repository.js';
import { ORDER_PARTS } from '../order/order-parts.js';
import type { UnitOfWork } from '../unit-of-work.js';
import type { ClaimedErasure, Progress } from './erasure.repository.js';
import { ERASED } from './erased.js';
import { FIRST_ORDER, type FoundOrder } from './personal-data.repository.js';

const ORDER_BATCH = 500;
const ANSWER_BATCH = 5_000;
/** Pause between two batches, so that an erasure uses little of the database's capacity. */
const PAUSE_MS = 50;

/**
 * Runs the requested erasures in batches. Each batch is a transaction, which locks a few hundred rows and waits for none.
 * A batch finds what is not erased yet, so an interrupted erasure is simply repeated.
 */
export class ErasureRunner {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly deadLetters: DeadLetterErasure,
  ) {}

  /** Runs the erasures that no other process runs, and forgets old ones. @param signal stops after the current batch */
  async runAll(signal: AbortSignal) {
    while (!signal.aborted) {
      const erasure = await this.unitOfWork.inTransaction(({ erasures }) => erasures.claim());
      if (!erasure) break;
      const isComplete =
        (await this.eraseOrders(erasure, signal)) &&
        (await this.eraseDeadLetters(erasure, signal)) &&
        (await this.eraseAnswers(erasure, signal));
      if (isComplete) await this.finish(erasure);
      else await this.unitOfWork.inTransaction(({ erasures }) => erasures.postpone(erasure.id));
    }
    await this.unitOfWork.inTransaction(({ erasures }) => erasures.forget());
  }

  /**
   * Erases the customers of all orders that are older than `days`, and of API keys that ended before. Processes do this one
   * at a time. An order that cannot be erased yet, because it is not closed, holds up the later ones.
   *
   * @returns the number of orders
   */
  async eraseOlderThan(days: number, signal: AbortSignal): Promise<number> {
    await this.unitOfWork.inTransaction(({ apiKeys }) => apiKeys.eraseFormerCustomers(days));
    const to = await this.unitOfWork.readForChange.retention.newestOrderIdOlderThan(days);
    for (let total = 0; ;) {
      const count = to === undefined || signal.aborted ? 0 : await this.eraseOldBatch(to);
      total += count;
      if (count === 0) return total;
      await sleep(PAUSE_MS);
    }
  }

  /** @returns the number of erased orders; 0 if there is nothing to do now */
  private eraseOldBatch(to: number): Promise<number> {
    return this.unitOfWork.inTransaction(async ({ personalData, mailSettings, webhookDeliveries, sql }) => {
      const after = await personalData.lockRetentionPosition();
      if (after === undefined) return 0;
      const found = await personalData.findOrdersById({ after, to, limit: ORDER_BATCH });
      const left = found.filter(({ customer_email }) => customer_email !== ERASED.email);
      const { orderIds } = await personalData.eraseOrders(left.map(({ id }) => id));
      await mailSettings.eraseWithoutOrders(left.map(({ customer_email }) => customer_email));
      const texts = left.flatMap(({ customer_name, customer_email }) => [customer_name, customer_email]);
      const subjects = orderIds.map((order_id) => ({ order_id }));
      await this.deadLetters.within(sql).eraseAbout(subjects, texts);
      await webhookDeliveries.eraseAnswers(orderIds);
      const blocked = left.find(({ id }) => !orderIds.includes(id));
      const position = blocked ? blocked.id - 1 : (found.at(-1)?.id ?? after);
      await personalData.moveRetentionPosition(position);
      return position - after;
    });
  }

  /** @returns whether no order of the customer is left */
  private async eraseOrders(erasure: ClaimedErasure, signal: AbortSignal): Promise<boolean> {
    let isComplete = true;
    // An order only moves to a part further down the list, so none is missed.
    for (const part of ORDER_PARTS) {
      for (let from = FIRST_ORDER; ;) {
        if (signal.aborted) return false;
        const found = await this.unitOfWork.readForChange.personalData.findOrders(part, erasure, {
          from,
          limit: ORDER_BATCH,
        });
        if (found.length > 0 && !(await this.eraseBatch(erasure.id, found))) isComplete = false;
        if (found.length < ORDER_BATCH) break;
        from = found.at(-1)!;
        await sleep(PAUSE_MS);
      }
    }
    return isComplete;
  }

  /** @returns whether all of the orders were erased */
  private async eraseBatch(erasureId: number, found: FoundOrder[]): Promise<boolean> {
    return this.unitOfWork.inTransaction(async ({ personalData, webhookDeliveries, erasures, sql }) => {
      const { orderIds, mails } = await personalData.eraseOrders(found.map(({ id }) => id));
      const names = [...new Set(found.map(({ customer_name }) => customer_name))];
      const subjects = orderIds.map((order_id) => ({ order_id }));
      const dead_letters = await this.deadLetters.within(sql).eraseAbout(subjects, names);
      await webhookDeliveries.eraseAnswers(orderIds);
      await erasures.recordProgress(erasureId, {
        orders: orderIds.length,
        notifications: mails,
        dead_letters,
      });
      return orderIds.length === found.length;
    });
  }

  /** @returns whether no dead letter with the customer's address is left */
  private async eraseDeadLetters({ id, email }: ClaimedErasure, signal: AbortSignal): Promise<boolean> {
    await this.deadLetters.eraseJobTexts(email);
    let isComplete = true;
    for (let after = 0; ;) {
      if (signal.aborted) return false;
      const { erased, replaying, last } = await this.deadLetters.eraseContaining(email, after);
      if (replaying > 0) isComplete = false;
      await this.recordProgress(id, { dead_letters: erased });
      if (last === null) return isComplete;
      after = last;
      await sleep(PAUSE_MS);
    }
  }

  private async eraseAnswers({ id, email }: ClaimedErasure, signal: AbortSignal): Promise<boolean> {
    for (let from = '-infinity'; ;) {
      if (signal.aborted) return false;
      const range = { from, limit: ANSWER_BATCH };
      const { searched, erased, last } = await this.unitOfWork.inTransaction(({ personalData }) =>
        personalData.eraseAnswers(email, range),
      );
      await this.recordProgress(id, { answers: erased });
      if (searched < ANSWER_BATCH) return true;
      from = last;
      await sleep(PAUSE_MS);
    }
  }

  private finish({ id, email }: ClaimedErasure) {
    return this.unitOfWork.inTransaction(
      async ({ erasures, apiKeys, mailQuotas, mailSettings, auditLog }) => {
        const actor = { id: `erasure:${id}`, address: null };
        for (const key of await apiKeys.eraseCustomer(email)) await auditLog.record(actor, revocationOf(key));
        await mailQuotas.eraseCustomer(email);
        await mailSettings.eraseCustomer(email);
        await erasures.finish(id);
      },
    );
  }

  private recordProgress(id: number, progress: Progress) {
    return this.unitOfWork.inTransaction(({ erasures }) => erasures.recordProgress(id, progress));
  }
}
