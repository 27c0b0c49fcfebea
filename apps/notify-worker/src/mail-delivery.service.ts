import { NotificationBusy, UnitOfWork, type Notification } from '@estoque/domain';
import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { MailerService } from '@nestjs-modules/mailer';
import { Inject, Injectable } from '@nestjs/common';
import Handlebars from 'handlebars';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { asMailError, MailRefused } from './mail.errors.js';

export const TEMPLATES = join(import.meta.dirname, 'templates');

export interface Mail {
  to: string | { name: string; address: string };
  subject: string;
  /** For the templates of the notification's kind and language. */
  context: Record<string, unknown>;
}

/** Sends what is recorded, and records that it was sent. */
@Injectable()
export class MailDeliveryService {
  private readonly textTemplates = new Map<string, Handlebars.TemplateDelegate>();
  private readonly from: string;

  constructor(
    private readonly work: UnitOfWork,
    private readonly mailer: MailerService,
    @Inject(ENVIRONMENT) environment: Environment,
  ) {
    this.from = environment.MAIL_FROM!;
  }

  /**
   * Sends a notification once. A crash between the mail server's answer and our note of it sends it twice, with
   * the same Message-ID, and that is the only way.
   *
   * @returns `refused` where the recipient's server will never take it
   * @throws NotificationBusy, MailServerUnavailable, MailDeferred: it stays pending
   */
  async deliver(notification: Notification, mail: Mail): Promise<'mailed' | 'refused' | 'repeated'> {
    const { id, order_id } = notification;
    if (notification.state !== 'pending') return 'repeated';
    if (!(await this.work.inTransaction(({ notifications }) => notifications.claim(id))))
      throw new NotificationBusy(id);
    try {
      await this.send(notification, mail);
    } catch (error) {
      const failure = asMailError(error);
      const reason = (failure as Error).message.slice(0, 500);
      const refused = failure instanceof MailRefused;
      await this.work.inTransaction(({ notifications }) =>
        refused ? notifications.markFailed(id, reason) : notifications.release(id, reason),
      );
      if (refused) return 'refused';
      throw failure;
    }
    await this.work.inTransaction(async ({ notifications, orders }) => {
      await notifications.markSent(id);
      if (order_id !== null) await orders.noteNotified(order_id);
    });
    return 'mailed';
  }

  private async send({ id, kind, locale }: Notification, { to, subject, context }: Mail) {
    const template = `${locale}/${kind}`;
    const domain = this.from.replace(/^.*@|>$/g, '');
    await this.mailer.sendMail({
      from: this.from,
      to,
      subject,
      template,
      context,
      text: this.textTemplate(template)(context),
      messageId: `<notification-${id}@${domain}>`,
      headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': locale },
    });
  }

  /** The mailer renders HTML only. */
  private textTemplate(name: string) {
    const known = this.textTemplates.get(name);
    if (known) return known;
    const source = readFileSync(join(TEMPLATES, `${name}.text.hbs`), 'utf8');
    const template = Handlebars.compile(source, { noEscape: true, strict: true });
    this.textTemplates.set(name, template);
    return template;
  }
}
