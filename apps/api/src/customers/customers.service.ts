import {
  UnitOfWork,
  type Actor,
  type AuditLogEntry,
  type Notification,
  type OrderDetails,
  type PaymentDetails,
  type PlacedBy,
} from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { toApiKeyDto } from '../access/api-keys.dto.js';
import { toAuditLogEntryDto } from '../audit-log/audit-log.dto.js';
import { readBoundedPage, type PageQuery } from '../http/page.dto.js';
import { toMailSettingsDto } from '../notifications/mail-settings.dto.js';
import { toNotificationDto } from '../notifications/notifications.dto.js';
import { toOrderDto } from '../orders/orders.dto.js';
import { toPaymentDetailsDto } from '../payments/payments.dto.js';
import {
  toErasureDto,
  type CustomerDataDto,
  type CustomerDataPageDto,
  type ErasureDto,
} from './customers.dto.js';
import { ErasureTasksService } from './erasure-tasks.service.js';

const MAX_API_KEYS = 100;

type CustomerOrder = OrderDetails & {
  placedBy: PlacedBy;
  payment?: PaymentDetails;
  mails: Notification[];
  changes: AuditLogEntry[];
};

/** The personal data of customers. */
@Injectable()
export class CustomersService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    private readonly tasks: ErasureTasksService,
  ) {}

  /** Lists the orders of a customer with all data about the customer, newest first, and the keys of the customer. */
  async export(email: string, query: PageQuery): Promise<CustomerDataPageDto> {
    const keys = await this.unitOfWork.read.apiKeys.ofCustomer(email, MAX_API_KEYS);
    const page = await readBoundedPage(query, (range) => this.readOrders(email, range), toCustomerDataDto);
    const settings = await this.unitOfWork.read.mailSettings.get(email);
    return { ...page, api_keys: keys.map(toApiKeyDto), mail_settings: toMailSettingsDto(settings) };
  }

  /**
   * Requests the erasure of a customer, or joins the one that is not finished.
   *
   * @throws CustomerHasOpenOrders
   */
  async erase(email: string, actor: Actor): Promise<ErasureDto> {
    const erasure = await this.unitOfWork.inTransaction(async ({ erasures, auditLog }) => {
      const requested = await erasures.request(email);
      if (requested.isNew)
        await auditLog.record(actor, { action: 'erasure.requested', objectId: requested.erasure.id });
      return requested.erasure;
    });
    this.tasks.runNow();
    return toErasureDto(erasure);
  }

  /** @throws ErasureNotFound */
  async erasure(id: number): Promise<ErasureDto> {
    return toErasureDto(await this.unitOfWork.read.erasures.get(id));
  }

  private async readOrders(
    email: string,
    range: { before?: number; limit: number },
  ): Promise<CustomerOrder[]> {
    const { orderDetails, paymentDetails, notifications, auditLog } = this.unitOfWork.read;
    const orders = await orderDetails.list({ email, ...range });
    const ids = orders.map(({ id }) => id);
    const [placedBy, payments, mails, changes] = await Promise.all([
      orderDetails.placedBy(ids),
      paymentDetails.ofOrders(ids),
      notifications.ofOrders(ids),
      auditLog.ofCustomers(ids),
    ]);
    return orders.map((order) => ({
      ...order,
      placedBy: placedBy.get(order.id)!,
      payment: payments.find(({ order_id }) => order_id === order.id),
      mails: mails.filter(({ order_id }) => order_id === order.id),
      changes: changes.filter(({ object_id }) => object_id === String(order.id)),
    }));
  }
}

const toCustomerDataDto = ({
  placedBy,
  payment,
  mails,
  changes,
  ...order
}: CustomerOrder): CustomerDataDto => ({
  order: toOrderDto(order),
  placed_by: placedBy.placed_by,
  placed_from: placedBy.placed_from,
  payment: payment ? toPaymentDetailsDto(payment) : null,
  notifications: mails.map(toNotificationDto),
  changes: changes.map(toAuditLogEntryDto),
});
