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
  constructor(private readonly work: UnitOfWork) {}

  async list({ order_id: orderId, state, ...page }: NotificationQuery): Promise<NotificationPageDto> {
    const rows = await this.work.read.notifications.list({ orderId, state, ...pageStart(page) });
    return toPage(rows, page.limit, toNotificationDto);
  }

  /** notify-worker finds it at its next look. @throws NotificationNotFound, NotificationNotSendable */
  resend(id: number): Promise<NotificationDto> {
    return this.work.inTransaction(async ({ notifications }) =>
      toNotificationDto(await notifications.resend(id)),
    );
  }
}
