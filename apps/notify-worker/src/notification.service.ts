import {
  canHaveHad,
  ERASED,
  OrderNotFound,
  OrderNotReady,
  OPTIONAL_NOTIFICATION_KINDS,
  orderRow,
  RefundNotMade,
  UnitOfWork,
  type EventName,
  type EventOf,
  type OptionalNotificationKind,
  type OrderRecipient,
  type Transaction,
} from '@estoque/domain';
import { MicroBatcher, type LockMode } from '@estoque/messaging';
import { traceContextOf, traceparentOf } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { appManifest } from '../../manifest.js';
import { MailSenderService } from './mail-sender.service.js';
import type { OrderMailKind } from '@estoque/mails';

/** A mail about an event of an order. For a rejected order it can be `payment_failed` instead. */
export type StatusMailKind = Exclude<OrderMailKind, 'order_refunded' | 'payment_failed'>;

/** The event of an order that a mail of the kind is about. */
const EVENT_OF = {
  order_processed: 'order.processed',
  order_rejected: 'order.rejected',
  order_cancelled: 'order.cancelled',
  order_shipped: 'order.shipped',
  order_returned: 'order.returned',
} as const satisfies Record<StatusMailKind, EventName>;

const { queue: QUEUE } = appManifest('notify-worker');

/** Kinds that customers have opted out of, by address in lower case. */
type OptOuts = Map<string, OptionalNotificationKind[]>;

interface NotifyRequest {
  kind: StatusMailKind;
  order_id: number;
  /** Shipment or return of the order that the event is about, if any. */
  subject_id?: number;
}
type Outcome = 'recorded' | 'duplicate' | 'superseded' | 'opted_out' | 'erased';

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
    @Inject(MailSenderService) private readonly sender: Pick<MailSenderService, 'sendSoon'>,
  ) {}

  /**
   * Records one mail to the customer, to be sent later, and confirms the event.
   *
   * @param subject_id shipment or return that the event is about, if it is not about the whole order
   * @returns `duplicate` if an earlier delivery has confirmed the event; `superseded` if the order was cancelled meanwhile, and
   * the customer gets only the mail about that; `opted_out` if the customer does not want the mail; `erased` if there is no
   * customer any more
   * @throws OrderNotFound, RowLocked, or OrderNotReady if the order cannot have had the status for this mail
   */
  notify(kind: StatusMailKind, order_id: number, subject_id?: number): Promise<Outcome> {
    return this.batcher.add({ kind, order_id, subject_id });
  }

  /**
   * Records a mail to the customer that money goes back: one for each refund.
   *
   * @returns `duplicate` if an earlier event has recorded the mail; `erased` if there is no customer any more
   * @throws OrderNotFound, RefundNotMade
   */
  async notifyRefunded({ order_id, refund_id }: EventOf<'payment.refunded'>): Promise<Outcome> {
    const outcome = await this.unitOfWork.inTransaction(async ({ orderDetails, refunds, notifications }) => {
      const order = (await orderDetails.recipients([order_id])).get(order_id);
      if (!order) throw new OrderNotFound(order_id);
      if (!(await refunds.isMade(refund_id, order_id))) throw new RefundNotMade(refund_id);
      const { customer_email: recipient, locale } = order;
      if (recipient === ERASED.email) return 'erased';
      const traceparent = traceparentOf(traceContextOf());
      const [isRecorded] = await notifications.record([
        { order_id, subject_id: refund_id, kind: 'order_refunded', recipient, locale, traceparent },
      ]);
      return isRecorded ? 'recorded' : 'duplicate';
    });
    if (outcome === 'recorded') this.sender.sendSoon();
    return outcome;
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
    { orders, orderDetails, notifications, mailSettings }: Transaction,
  ): Promise<(Outcome | Error)[]> {
    // Only an order that had the event waits for this confirmation, so it decides which mails are due. Retention can have
    // deleted the row of a mail that was confirmed before (docs/adr/0012).
    const [recipients, ...confirmations] = await Promise.all([
      orderDetails.recipients(requests.map(({ order_id }) => order_id)),
      ...sameEvents(requests).map(async (same) => {
        const { kind, subject_id } = same[0]!;
        const ids = same.map(({ order_id }) => order_id);
        const confirmed = await orders.confirm({ event: EVENT_OF[kind], subject_id }, QUEUE, ids);
        return same.filter(({ order_id }) => confirmed.has(order_id));
      }),
    ]);
    const confirmed = new Set(confirmations.flat());
    const optOuts = await this.optOutsOf([...confirmed], recipients, mailSettings);
    const reasonAgainst = (request: NotifyRequest) =>
      confirmed.has(request) ? reasonOf(request, recipients.get(request.order_id)!, optOuts) : undefined;
    const due = [...confirmed].filter((request) => !reasonAgainst(request));
    const mails = due.map((request) => {
      const { order_id, subject_id } = request;
      const { customer_email: recipient, locale, is_declined } = recipients.get(order_id)!;
      const kind = is_declined ? ('payment_failed' as const) : request.kind;
      const traceparent = traceparentOf(traceContextOf(request));
      return { order_id, subject_id, kind, recipient, locale, traceparent };
    });
    const isNew = await notifications.record(mails);
    const recorded = new Set(due.filter((_, index) => isNew[index]));
    return requests.map(
      (request) =>
        refusalOf(request, recipients.get(request.order_id)) ??
        reasonAgainst(request) ??
        (recorded.has(request) ? 'recorded' : 'duplicate'),
    );
  }

  /** Kinds that the recipients have opted out of. For transactional mails, they are not read. */
  private async optOutsOf(
    requests: NotifyRequest[],
    recipients: Map<number, OrderRecipient>,
    mailSettings: Transaction['mailSettings'],
  ): Promise<OptOuts> {
    const optional = requests.filter(({ kind }) => isOptional(kind));
    if (optional.length === 0) return new Map();
    return mailSettings.optOutsOf(optional.map(({ order_id }) => recipients.get(order_id)!.customer_email));
  }
}

/** Groups the requests for the same kind of mail about the same subject. */
function sameEvents(requests: NotifyRequest[]): NotifyRequest[][] {
  const groups = new Map<string, NotifyRequest[]>();
  for (const request of requests) {
    const key = `${request.kind} ${request.subject_id}`;
    const group = groups.get(key);
    if (group) group.push(request);
    else groups.set(key, [request]);
  }
  return [...groups.values()];
}

/** The rows that a request locks. */
const rowsOf = ({ order_id }: NotifyRequest) => [orderRow(order_id)];

/** @returns an error if the event cannot be true */
function refusalOf({ kind, order_id }: NotifyRequest, order: OrderRecipient | undefined): Error | undefined {
  if (!order) return new OrderNotFound(order_id);
  return canHaveHad(EVENT_OF[kind], order.status) ? undefined : new OrderNotReady(order.id, order.status);
}

/** Why the customer gets no mail, if that is so. A mail that confirms an order would mislead after it was cancelled. */
function reasonOf(
  { kind }: NotifyRequest,
  { status, customer_email }: OrderRecipient,
  optOuts: OptOuts,
): Outcome | undefined {
  if (customer_email === ERASED.email) return 'erased';
  if (status === 'cancelled' && kind !== 'order_cancelled') return 'superseded';
  return isOptional(kind) && optOuts.get(customer_email.toLowerCase())?.includes(kind)
    ? 'opted_out'
    : undefined;
}

const isOptional = (kind: OrderMailKind): kind is OptionalNotificationKind =>
  (OPTIONAL_NOTIFICATION_KINDS as readonly OrderMailKind[]).includes(kind);
