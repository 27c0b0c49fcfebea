import { mailLimitsOf, UnitOfWork, type Answer, type KeyedRequest, type MailLimits } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toNotificationDto,
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

  async list({ order_id: orderId, state, ...page }: NotificationQuery): Promise<NotificationPageDto> {
    const rows = await this.unitOfWork.read.notifications.list({ orderId, state, ...pageStart(page) });
    return toPage(rows, page.limit, toNotificationDto);
  }

  /**
   * Makes the notification pending again; notify-worker sends it at its next poll.
   *
   * @throws NotificationNotFound, NotificationPending, MailLimitReached, IdempotencyKeyReused, IdempotencyInProgress
   */
  resend(id: number, keyed?: KeyedRequest): Promise<Answer<NotificationDto>> {
    return answerOnce(this.unitOfWork, keyed, async ({ notifications }) => ({
      body: toNotificationDto(await notifications.resend(id, this.limits)),
    }));
  }
}
