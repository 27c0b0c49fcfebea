import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  PaymentDetailsDto,
  PaymentPageDto,
  PaymentQuery,
  RefundDto,
  RefundRequestDto,
} from './payments.dto.js';
import { PaymentsService } from './payments.service.js';

const NOT_FOUND = { code: 'payment_not_found', when: 'The payment does not exist.' };

@Controller('payments')
@ApiTags('payments')
export class PaymentsController {
  constructor(private readonly payments: PaymentsService) {}

  @Requires('payments:read', { isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listPayments', summary: 'List payments, newest first' })
  @ApiResponse({ status: 200, type: PaymentPageDto, description: 'A page of payments.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: PaymentQuery): Promise<PaymentPageDto> {
    return this.payments.list(query);
  }

  @Requires('payments:read')
  @Get(':id')
  @ApiOperation({ operationId: 'getPayment', summary: 'Get a payment with its attempts and refunds' })
  @ApiParam({ name: 'id', type: 'integer', example: 31 })
  @ApiResponse({ status: 200, type: PaymentDetailsDto, description: 'The payment.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<PaymentDetailsDto> {
    return this.payments.get(id);
  }

  @Requires('payments:write')
  @Post(':id/refunds')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'refundPayment',
    summary: 'Refund a payment, or a part of it',
    description:
      'The payment gateway is asked for the refund asynchronously. A cancelled order needs no request: what was captured for it is refunded. The order does not change.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 31 })
  @ApiResponse({ status: 202, type: RefundDto, description: 'The refund is requested.' })
  @ApiIdempotent({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'refund_too_large', when: 'More would be refunded than was captured.' },
    422: INVALID,
  })
  refund(
    @Param('id', IdPipe) id: number,
    @Body() body: RefundRequestDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RefundDto> {
    return respond(reply, (keyed) => this.payments.refund(id, body, actorOf(reply.request), keyed));
  }
}
