import {
  CUSTOMER_PREFIX,
  UnitOfWork,
  type Actor,
  type MailSettings,
  type OptionalNotificationKind,
  type Transaction,
} from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { toMailSettingsDto, type MailSettingsDto } from './mail-settings.dto.js';

/** Which mails the addresses of customers get. */
@Injectable()
export class MailSettingsService {
  constructor(private readonly unitOfWork: UnitOfWork) {}

  /** @param owner the customer who asks, if it is one: the answer of the mail server is not shown */
  async get(email: string, owner?: string): Promise<MailSettingsDto> {
    return toDto(await this.unitOfWork.read.mailSettings.get(email), owner);
  }

  /** @param owner the customer who makes the change, if it is one */
  optOut(
    email: string,
    kinds: OptionalNotificationKind[],
    actor: Actor,
    owner?: string,
  ): Promise<MailSettingsDto> {
    // An erasure does not search such entries of the audit log, so they do not name the customer.
    const recorded = owner === undefined ? actor : { id: `${CUSTOMER_PREFIX}own`, address: null };
    const distinct = [...new Set(kinds)];
    return this.change(email, recorded, (mailSettings) => mailSettings.optOut(email, distinct), owner);
  }

  suppress(email: string, reason: string, actor: Actor): Promise<MailSettingsDto> {
    return this.change(email, actor, (mailSettings) => mailSettings.suppress(email, reason));
  }

  endSuppression(email: string, actor: Actor): Promise<MailSettingsDto> {
    return this.change(email, actor, (mailSettings) => mailSettings.endSuppression(email));
  }

  /** An address for which nothing is changed has no entry in the audit log. */
  private change(
    email: string,
    actor: Actor,
    work: (mailSettings: Transaction['mailSettings']) => Promise<MailSettings>,
    owner?: string,
  ): Promise<MailSettingsDto> {
    return this.unitOfWork.inTransaction(async ({ mailSettings, auditLog }) => {
      const before = summary(await mailSettings.get(email));
      const settings = await work(mailSettings);
      const after = summary(settings);
      if (settings.id !== null && JSON.stringify(before) !== JSON.stringify(after))
        await auditLog.record(actor, {
          action: 'mail_settings.changed',
          objectId: settings.id,
          before,
          after,
        });
      return toDto(settings, owner);
    });
  }
}

/** What the audit log contains: the answer of a mail server can contain the address. */
const summary = ({ opted_out, suppressed_at }: MailSettings) => ({
  opted_out,
  suppressed: suppressed_at !== null,
});

const toDto = (settings: MailSettings, owner?: string): MailSettingsDto => ({
  ...toMailSettingsDto(settings),
  ...(owner !== undefined && { suppression: null }),
});
