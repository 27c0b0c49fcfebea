import {
  canFollow,
  EVENT_OF_STATUS,
  OrderNotFound,
  OrderNotReady,
  orderRow,
  UnitOfWork,
  type OrderRecipient,
  type OrderStatus,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher, type LockMode } from '@estoque/messaging';
import { traceContextOf, traceparentOf } from '@estoque/platform';
import { Injectable } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { MailSenderService } from './mail-sender.service.js';
import type { OrderMailKind } from './mails.js';

/** The status that an order must have, or must have had before, for a mail of the kind. */
const STATUS_OF = {
  order_processed: 'processed',
  order_rejected: 'rejected',
  order_cancelled: 'cancelled',
} as const satisfies Record<OrderMailKind, OrderStatus>;

const { queue: QUEUE } = appManifest('notify-worker');

interface NotifyRequest {
  kind: OrderMailKind;
  order_id: number;
}
type Outcome = 'recorded' | 'duplicate' | 'superseded';

@Injectable()
export class NotificationService {
  private readonly batcher = new MicroBatcher<NotifyRequest, Outcome>(
    (requests, lockMode) => this.notifyAll(requests, lockMode),
    {
      keyOf: ({ order_id }) => order_id,
      locks: { rowsOf, queries: () => this.unitOfWork.rowLocks },
    },
  );

  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly sender: MailSenderService,
  ) {}

  /**
   * Records one mail to the customer, to be sent later, and confirms the event.
   *
   * @returns `duplicate` if an earlier delivery has confirmed the event; `superseded` if the order was cancelled meanwhile, and
   * the customer gets only the mail about that
   * @throws OrderNotFound, RowLocked, or OrderNotReady if the order cannot have had the status for this mail
   */
  notify(kind: OrderMailKind, order_id: number): Promise<Outcome> {
    return this.batcher.add({ kind, order_id });
  }

  private async notifyAll(requests: NotifyRequest[], lockMode: LockMode): Promise<(Outcome | Error)[]> {
    const outcomes = await this.unitOfWork.inBatch(requests, lockMode, rowsOf, (unlocked, transaction) =>
      this.recordAll(unlocked, transaction),
    );
    if (outcomes.includes('recorded')) this.sender.sendSoon();
    return outcomes;
  }

  private async recordAll(
    requests: NotifyRequest[],
    { orders, orderDetails, notifications }: Transaction,
  ): Promise<(Outcome | Error)[]> {
    // Only an order that has entered the status for the mail waits for this confirmation, so it decides which mails are due.
    // Retention can have deleted the row of a mail that was confirmed before (docs/adr/0012).
    const [recipients, ...confirmations] = await Promise.all([
      orderDetails.recipients(requests.map(({ order_id }) => order_id)),
      ...Object.entries(STATUS_OF).map(([kind, status]) => {
        const ids = requests.filter((request) => request.kind === kind).map(({ order_id }) => order_id);
        return orders.confirm(EVENT_OF_STATUS[status], QUEUE, ids);
      }),
    ]);
    const confirmed = new Set(confirmations.flatMap((ids) => [...ids]));
    const due = requests.filter(
      (request) =>
        confirmed.has(request.order_id) && !isSuperseded(request, recipients.get(request.order_id)!),
    );
    const mails = due.map((request) => {
      const { kind, order_id } = request;
      const { customer_email: recipient, locale } = recipients.get(order_id)!;
      return { order_id, kind, recipient, locale, traceparent: traceparentOf(traceContextOf(request)) };
    });
    const isNew = await notifications.record(mails);
    const recorded = new Set(due.filter((_, index) => isNew[index]));
    return requests.map((request) =>
      outcomeOf(request, recipients.get(request.order_id), recorded, confirmed),
    );
  }
}

/** The rows that a request locks. */
const rowsOf = ({ order_id }: NotifyRequest) => [orderRow(order_id)];

function outcomeOf(
  request: NotifyRequest,
  order: OrderRecipient | undefined,
  recorded: Set<NotifyRequest>,
  confirmed: Set<number>,
): Outcome | Error {
  if (!order) return new OrderNotFound(request.order_id);
  const status = STATUS_OF[request.kind];
  if (order.status !== status && !canFollow(order.status, status))
    return new OrderNotReady(order.id, order.status);
  if (confirmed.has(order.id) && isSuperseded(request, order)) return 'superseded';
  return recorded.has(request) ? 'recorded' : 'duplicate';
}

/** A mail that confirms an order would mislead the customer after the order was cancelled. */
const isSuperseded = ({ kind }: NotifyRequest, { status }: OrderRecipient) =>
  status === 'cancelled' && kind !== 'order_cancelled';
