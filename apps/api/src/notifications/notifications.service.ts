import { UnitOfWork } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { pageStart, toPage } from '../http/page.dto.js';
import { toNotificationDto, type NotificationPageDto, type NotificationQuery } from './notifications.dto.js';

@Injectable()
export class NotificationsService {
  constructor(private readonly work: UnitOfWork) {}

  async list({ order_id: orderId, ...page }: NotificationQuery): Promise<NotificationPageDto> {
    const rows = await this.work.read.notifications.list({ orderId, ...pageStart(page) });
    return toPage(rows, page.limit, toNotificationDto);
  }
}
