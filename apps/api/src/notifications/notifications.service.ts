import { UnitOfWork } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toNotificationDto,
  type NotificationDto,
  type NotificationPageDto,
  type NotificationQuery,
} from './notifications.dto.js';

@Injectable()
export class NotificationsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  async list({ order_id: orderId, state, ...page }: NotificationQuery): Promise<NotificationPageDto> {
    const rows = await this.unitOfWork.read.notifications.list({ orderId, state, ...pageStart(page) });
    return toPage(rows, page.limit, toNotificationDto);
  }

  /**
   * Makes the notification pending again; notify-worker sends it at its next poll.
   *
   * @throws NotificationNotFound, NotificationPending
   */
  resend(id: number): Promise<NotificationDto> {
    return this.unitOfWork.inTransaction(async ({ notifications }) =>
      toNotificationDto(await notifications.resend(id)),
    );
  }
}
