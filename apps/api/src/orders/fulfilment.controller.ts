import type { KeyedRequest } from '@estoque/domain';
import { Body, Controller, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiBody, ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { INVALID, MALFORMED_CHANGE } from '../http/problem.dto.js';
import { ApiIfMatch, ETAG_HEADER, expectedVersion, STALE } from '../http/versions.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import { ReturnOrderDto, ShipOrderDto } from './fulfilment.dto.js';
import { FulfilmentService } from './fulfilment.service.js';
import { OrderDto } from './orders.dto.js';

@Controller('orders/:id')
@ApiTags('orders')
@ApiParam({ name: 'id', type: 'integer', example: 123 })
export class FulfilmentController {
  constructor(private readonly fulfilment: FulfilmentService) {}

  @Requires('shipments:write')
  @Post('shipments')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'shipOrder',
    summary: 'Ship an order, or a part of it',
    description:
      'Possible when the order is `processed`. It is `partially_shipped` until all of its units are shipped, and then `shipped`. The customer gets a mail for each shipment.',
  })
  @ApiIfMatch()
  @ApiBody({ type: ShipOrderDto, required: false })
  @ApiResponse({
    status: 201,
    type: OrderDto,
    description: 'The order. The new shipment is the last one of `shipments`.',
    headers: ETAG_HEADER,
  })
  @ApiIdempotent({
    400: MALFORMED_CHANGE,
    404: { code: 'order_not_found', when: 'The order does not exist.' },
    409: {
      code: 'order_not_shippable',
      otherCodes: ['shipment_too_large', 'too_many_shipments'],
      when: 'The order is not processed yet or all of it is shipped, or more would be shipped than was ordered, or the order has the maximum number of shipments.',
    },
    ...STALE,
    422: INVALID,
  })
  ship(
    @Param('id', IdPipe) id: number,
    @Body() body: ShipOrderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    return respond(reply, (keyed) => this.fulfilment.ship(id, body, changeOf(reply, keyed)));
  }

  @Requires('shipments:write')
  @Post('returns')
  @HttpCode(201)
  @ApiOperation({
    operationId: 'returnOrder',
    summary: 'Record a return of shipped units',
    description:
      'Possible when the order is `shipped` or `completed`. It is `partially_returned` until all of its units are returned, and then `returned`. With `restock`, the units are on hand again. The customer gets a mail for each return.',
  })
  @ApiIfMatch()
  @ApiResponse({
    status: 201,
    type: OrderDto,
    description: 'The order. The new return is the last one of `returns`.',
    headers: ETAG_HEADER,
  })
  @ApiIdempotent({
    400: MALFORMED_CHANGE,
    404: { code: 'order_not_found', when: 'The order does not exist.' },
    409: {
      code: 'order_not_returnable',
      otherCodes: ['return_too_large', 'too_many_returns', 'stock_too_large'],
      when: 'Not all of the order is shipped or all of it is returned, or more would be returned than was shipped, or the order has the maximum number of returns, or more of a product would be on hand than the maximum.',
    },
    ...STALE,
    422: INVALID,
  })
  return(
    @Param('id', IdPipe) id: number,
    @Body() body: ReturnOrderDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    return respond(reply, (keyed) => this.fulfilment.return(id, body, changeOf(reply, keyed)));
  }

  @Requires('shipments:write')
  @Post('complete')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'completeOrder',
    summary: 'Complete an order',
    description:
      'Possible when the order is `shipped`. An order is completed by itself some time after its last shipment (`COMPLETE_AFTER_SECONDS`, 14 days by default). The operation is idempotent.',
  })
  @ApiIfMatch()
  @ApiResponse({ status: 200, type: OrderDto, description: 'The completed order.', headers: ETAG_HEADER })
  @ApiIdempotent({
    400: MALFORMED_CHANGE,
    404: { code: 'order_not_found', when: 'The order does not exist.' },
    409: {
      code: 'order_not_completable',
      when: 'Not all of the order is shipped, or a part of it was returned.',
    },
    ...STALE,
  })
  complete(
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OrderDto> {
    return respond(reply, (keyed) => this.fulfilment.complete(id, changeOf(reply, keyed)));
  }
}

const changeOf = ({ request }: FastifyReply, keyed?: KeyedRequest) => ({
  actor: actorOf(request),
  expected: expectedVersion(request),
  keyed,
});
