import { AppError } from '@estoque/platform';

export class NotificationNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'notification_not_found', `There is no notification ${id}.`);
  }
}

/** The recipient has got the maximum number of mails within an hour. */
export class MailLimitReached extends AppError {
  /** @param retryAfterSeconds time after which the next mail may be sent */
  constructor(readonly retryAfterSeconds: number) {
    const message = 'The recipient has got the maximum number of mails within an hour.';
    super('conflict', 'mail_limit_reached', message, { retryable: true, httpStatus: 429 });
  }
}

/** The personal data of the recipient was erased. */
export class NotificationErased extends AppError {
  constructor(id: number) {
    super('conflict', 'notification_erased', `The recipient of notification ${id} was erased.`);
  }
}

/** A notification can't be sent again while a mail is pending. */
export class NotificationPending extends AppError {
  constructor(id: number) {
    super('conflict', 'notification_pending', `Notification ${id} is still waiting to be sent.`);
  }
}
