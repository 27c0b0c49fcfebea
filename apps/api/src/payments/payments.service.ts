import { orderRow, UnitOfWork, type Actor, type Answer, type KeyedRequest } from '@estoque/domain';
import { Injectable } from '@nestjs/common';
import { answerOnce } from '../idempotency/answer-once.js';
import { pageStart, toPage } from '../http/page.dto.js';
import {
  toPaymentDetailsDto,
  toPaymentDto,
  toRefundDto,
  type PaymentDetailsDto,
  type PaymentPageDto,
  type PaymentQuery,
  type RefundDto,
  type RefundRequestDto,
} from './payments.dto.js';

@Injectable()
export class PaymentsService {
  constructor(private readonly unitOfWork: UnitOfWork<'api'>) {}

  async list({ order_id: orderId, ...page }: PaymentQuery): Promise<PaymentPageDto> {
    const rows = await this.unitOfWork.read.paymentDetails.list({ orderId, ...pageStart(page) });
    return toPage(rows, page.limit, toPaymentDto);
  }

  /** @throws PaymentNotFound */
  async get(id: number): Promise<PaymentDetailsDto> {
    return toPaymentDetailsDto(await this.unitOfWork.read.paymentDetails.get(id));
  }

  /**
   * Requests a refund. payment-worker makes it.
   *
   * @throws PaymentNotFound, RefundTooLarge, RowLocked, IdempotencyKeyReused, IdempotencyInProgress
   */
  async refund(
    id: number,
    { amount, reason }: RefundRequestDto,
    actor: Actor,
    keyed?: KeyedRequest,
  ): Promise<Answer<RefundDto>> {
    const { order_id } = await this.unitOfWork.readForChange.paymentDetails.get(id);
    const locking = this.unitOfWork.locking([orderRow(order_id)]);
    return answerOnce(locking, keyed, async ({ orders, payments, refunds, auditLog }) => {
      await orders.lockForUpdate(order_id);
      const payment = (await payments.lockOfOrder(order_id))!;
      const refund = await refunds.requestFor(reason, payment, amount);
      // Without the reason, which is free text: the refund has it.
      await auditLog.record(actor, {
        action: 'refund.requested',
        objectId: id,
        after: { refund_id: refund.id, order_id, amount: refund.amount },
      });
      return { body: toRefundDto(refund) };
    });
  }
}
