import { receivedAtOf } from '@estoque/platform';
import { Body, Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { InsufficientScope } from '../access/access.errors.js';
import { callerOf } from '../access/caller.js';
import { assertOwn, ownerOf } from '../access/owner.js';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { abandonmentOf } from '../http/admission.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED, MALFORMED_CHANGE } from '../http/problem.dto.js';
import { ApiIfMatch, ETAG_HEADER, expectedVersion, STALE, withEtag } from '../http/versions.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import { respond } from '../idempotency/answer-once.js';
import { CancelOrderDto, OrderCountsDto, OrderDto, OrderPageDto, OrderQuery } from './orders.dto.js';
import { OrdersService } from './orders.service.js';
import { PlaceOrderDto } from './place-order.dto.js';

@Controller('orders')
@ApiTags('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Requires('orders:write', { isForCustomers: true })
  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'Stores the order and returns it as `pending`. Stock is reserved and deducted asynchronously; poll the URL in `Location` for the result.',
  })
  @ApiResponse({
    status: 202,
    type: OrderDto,
    description: 'The order is stored and will be processed.',
    headers: {
      Location: { description: 'URL of the order', schema: { type: 'string', example: '/v1/orders/123' } },
      ...ETAG_HEADER,
    },
  })
  @ApiIdempotent({
    400: MALFORMED,
    403: {
      code: 'insufficient_scope',
      otherCodes: ['email_not_verified', 'email_not_own', 'cross_site_request'],
      when: 'The caller does not have the required scope, or is a customer and names another e-mail address, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS).',
    },
    413: { code: 'body_too_large', when: 'The body is larger than 100 kB.' },
    415: { code: 'unsupported_media_type', when: 'The body is not application/json.' },
    422: INVALID,
  })
  place(@Body() body: PlaceOrderDto, @Res({ passthrough: true }) reply: FastifyReply): Promise<OrderDto> {
    const isAbandoned = abandonmentOf(reply.request);
    assertOwn(body.customer.email, ownerOf(reply.request));
    const { request } = reply;
    return respond(reply, (keyed) =>
      this.orders.place(body, actorOf(request), keyed, isAbandoned, receivedAtOf(request)),
    );
  }

  @Requires('orders:read', { isForCustomers: true, isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listOrders', summary: 'List orders, newest first' })
  @ApiResponse({ status: 200, type: OrderPageDto, description: 'A page of orders.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: OrderQuery, @Req() request: FastifyRequest): Promise<OrderPageDto> {
    if (query.payment !== undefined && callerOf(request).grants.get('payments:read') !== 'all')
      throw new InsufficientScope('payments:read');
    return this.orders.list(query, ownerOf(request));
  }

  @Requires('orders:read', { isCostly: true })
  @Get('counts')
  @ApiOperation({ operationId: 'countOrders', summary: 'Count the orders of the last 24 hours by status' })
  @ApiResponse({ status: 200, type: OrderCountsDto, description: 'The number of orders by status.' })
  @ApiProblems({ 400: MALFORMED })
  counts(): Promise<OrderCountsDto> {
    return this.orders.counts();
  }

  @Requires('orders:read', { isForCustomers: true })
  @Get(':id')
  @ApiOperation({ operationId: 'getOrder', summary: 'Get an order with its status and timeline' })
  @ApiParam({ name: 'id', type: 'integer', example: 123 })
  @ApiResponse({
    status: 200,
    type: OrderDto,
    description: 'The order with its lines and timeline.',
    headers: ETAG_HEADER,
  })
  @ApiProblems({ 400: MALFORMED, 404: { code: 'order_not_found', when: 'The order does not exist.' } })
  async get(
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    return withEtag(reply, await this.orders.get(id, ownerOf(reply.request)));
  }

  @Requires('orders:write', { isForCustomers: true })
  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelOrder',
    summary: 'Cancel an order',
    description:
      'Possible until the order is shipped. Reserved stock is released; stock that was deducted is on hand again. The operation is idempotent.',
  })
  @ApiIfMatch()
  @ApiBody({ type: CancelOrderDto, required: false })
  @ApiParam({ name: 'id', type: 'integer', example: 123 })
  @ApiResponse({ status: 200, type: OrderDto, description: 'The cancelled order.', headers: ETAG_HEADER })
  @ApiIdempotent({
    400: MALFORMED_CHANGE,
    404: { code: 'order_not_found', when: 'The order does not exist.' },
    409: {
      code: 'order_not_cancellable',
      otherCodes: ['stock_too_large'],
      when: 'The order is already shipped or rejected, or more of a product would be on hand than the maximum.',
    },
    ...STALE,
    422: INVALID,
  })
  cancel(
    @Param('id', IdPipe) id: number,
    @Body() { reason }: CancelOrderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    const { request } = reply;
    const options = { reason, expected: expectedVersion(request), owner: ownerOf(request) };
    return respond(reply, (keyed) => this.orders.cancel(id, actorOf(request), { ...options, keyed }));
  }
}
