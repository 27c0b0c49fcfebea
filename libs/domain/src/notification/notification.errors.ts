import { AppError } from '@estoque/platform';

export class NotificationNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'notification_not_found', `There is no notification ${id}.`);
  }
}

/** A notification can't be sent again while a mail is pending. */
export class NotificationPending extends AppError {
  constructor(id: number) {
    super('conflict', 'notification_pending', `Notification ${id} is still waiting to be sent.`);
  }
}
