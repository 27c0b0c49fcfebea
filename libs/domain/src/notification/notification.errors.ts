import { AppError } from '@estoque/platform';

/** Another delivery of the same event is sending it just now; soon it will be seen how that went. */
export class NotificationBusy extends AppError {
  constructor(id: number) {
    super('conflict', 'notification_busy', `Notification ${id} is being sent.`, { stale: true });
  }
}
