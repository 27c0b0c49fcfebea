import {
  mailLimitsOf,
  UnitOfWork,
  type Actor,
  type Answer,
  type KeyedRequest,
  type MailLimits,
  type Notification,
} from '@estoque/domain';
import { composeMail, renderMail } from '@estoque/mails';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toNotificationDto,
  type MailPreviewDto,
  type NotificationDto,
  type NotificationPageDto,
  type NotificationQuery,
} from './notifications.dto.js';

@Injectable()
export class NotificationsService {
  private readonly limits: MailLimits;

  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.limits = mailLimitsOf(environment);
  }

  /** @param owner a customer: only the mails to them are listed, without the answers of the mail server */
  async list(
    { order_id: orderId, state, ...page }: NotificationQuery,
    owner?: string,
  ): Promise<NotificationPageDto> {
    const filter = { orderId, state, recipient: owner, ...pageStart(page) };
    const rows = await this.unitOfWork.read.notifications.list(filter);
    const toDto = (row: Notification) => ({
      ...toNotificationDto(row),
      ...(owner !== undefined && { last_error: null }),
    });
    return toPage(rows, page.limit, toDto);
  }

  /** Renders the mail as it was or will be sent. @throws NotificationNotFound */
  async mail(id: number): Promise<MailPreviewDto> {
    const reads = this.unitOfWork.read;
    const notification = await reads.notifications.get(id);
    const { kind, locale, order_id } = notification;
    const [order] = order_id === null ? [] : await reads.orderDetails.withIds([order_id]);
    return renderMail(kind, locale, await composeMail(notification, order, reads));
  }

  /**
   * Makes the notification pending again; notify-worker sends it at its next poll.
   *
   * @throws NotificationNotFound, NotificationPending, NotificationErased, MailLimitReached, IdempotencyKeyReused,
   *   IdempotencyInProgress
   */
  resend(id: number, actor: Actor, keyed?: KeyedRequest): Promise<Answer<NotificationDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ notifications, auditLog }) => {
      const notification = await notifications.resend(id, this.limits);
      await auditLog.record(actor, {
        action: 'notification.resent',
        objectId: id,
        before: { state: notification.previous_state, resends: notification.resends - 1 },
        after: { state: notification.state, resends: notification.resends },
      });
      return { body: toNotificationDto(notification) };
    });
  }
}
