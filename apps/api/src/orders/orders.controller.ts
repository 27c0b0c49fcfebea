import { Body, Controller, Get, HttpCode, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { OrderDto, OrderPageDto, OrderQuery, PlaceOrderDto } from './orders.dto.js';
import { OrdersService } from './orders.service.js';

@Controller('orders')
@ApiTags('orders')
export class OrdersController {
  constructor(private readonly orders: OrdersService) {}

  @Post()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'placeOrder',
    summary: 'Place an order',
    description:
      'The order is stored and answered as `pending`; stock is reserved and deducted asynchronously. Follow it at `Location`.',
  })
  @ApiResponse({
    status: 202,
    type: OrderDto,
    description: 'Stored, to be processed.',
    headers: {
      Location: { description: 'Where the order is', schema: { type: 'string', example: '/v1/orders/123' } },
    },
  })
  @ApiProblems({
    400: MALFORMED,
    413: { code: 'body_too_large', when: 'The body is larger than 100 kB.' },
    415: { code: 'unsupported_media_type', when: 'The body is not application/json.' },
    422: INVALID,
  })
  async place(
    @Body() body: PlaceOrderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    const order = await this.orders.place(body);
    reply.header('location', `/v1/orders/${order.id}`);
    return order;
  }

  @Get()
  @ApiOperation({ operationId: 'listOrders', summary: 'List orders, newest first' })
  @ApiResponse({ status: 200, type: OrderPageDto, description: 'A page of orders.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: OrderQuery): Promise<OrderPageDto> {
    return this.orders.list(query);
  }

  @Get(':id')
  @ApiOperation({ operationId: 'getOrder', summary: 'See how far an order is' })
  @ApiParam({ name: 'id', type: 'integer', example: 123 })
  @ApiResponse({ status: 200, type: OrderDto, description: 'The order with its lines and its timeline.' })
  @ApiProblems({ 400: MALFORMED, 404: { code: 'order_not_found', when: 'There is no such order.' } })
  get(@Param('id', IdPipe) id: number): Promise<OrderDto> {
    return this.orders.get(id);
  }

  @Post(':id/cancel')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'cancelOrder',
    summary: 'Cancel an order',
    description:
      'As long as its stock is not deducted. What was reserved is given back. Doing it twice is harmless.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 123 })
  @ApiResponse({ status: 200, type: OrderDto, description: 'The cancelled order.' })
  @ApiProblems({
    400: MALFORMED,
    404: { code: 'order_not_found', when: 'There is no such order.' },
    409: { code: 'order_not_cancellable', when: 'It is processed or rejected already.' },
  })
  cancel(@Param('id', IdPipe) id: number): Promise<OrderDto> {
    return this.orders.cancel(id);
  }
}
