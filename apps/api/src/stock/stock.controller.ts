import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  AdjustmentDto,
  MovementDto,
  MovementPageDto,
  ReceiptDto,
  RecordedMovementDto,
  ReservationsDto,
  StockDto,
  StockPageDto,
  StockQuery,
} from './stock.dto.js';
import { StockService } from './stock.service.js';

const NOT_FOUND = { code: 'product_not_found', when: 'The product does not exist.' };
const RECORDED = {
  status: 201,
  type: RecordedMovementDto,
  description: 'The new stock and the recorded movement.',
  headers: {
    Location: {
      description: 'URL of the movement',
      schema: { type: 'string', example: '/v1/products/10/stock/movements/501' },
    },
  },
} as const;

@Controller('products/:id')
@ApiTags('stock')
@ApiParam({ name: 'id', type: 'integer', example: 10 })
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Requires('stock:read')
  @Get('stock')
  @ApiOperation({ operationId: 'getStock', summary: 'Get the stock of a product' })
  @ApiResponse({ status: 200, type: StockDto, description: 'Quantity on hand, reserved and available.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<StockDto> {
    return this.stock.get(id);
  }

  @Requires('stock:read', { isCostly: true })
  @Get('reservations')
  @ApiOperation({
    operationId: 'listReservations',
    summary: 'List the active reservations of a product, the one that expires first at the beginning',
  })
  @ApiResponse({ status: 200, type: ReservationsDto, description: 'At most 100 reservations.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  reservations(@Param('id', IdPipe) id: number): Promise<ReservationsDto> {
    return this.stock.reservations(id);
  }

  @Requires('stock:write')
  @Post('stock/receipts')
  @ApiOperation({ operationId: 'receiveStock', summary: 'Record received goods' })
  @ApiResponse(RECORDED)
  @ApiIdempotent({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'stock_too_large', when: 'The quantity on hand would exceed the maximum.' },
    422: INVALID,
  })
  receive(
    @Param('id', IdPipe) id: number,
    @Body() body: ReceiptDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecordedMovementDto> {
    return respond(reply, (keyed) =>
      this.stock.recordMovement(id, 'receipt', body, actorOf(reply.request), keyed),
    );
  }

  @Requires('stock:write')
  @Post('stock/adjustments')
  @ApiOperation({
    operationId: 'adjustStock',
    summary: 'Correct the quantity on hand',
    description: 'The quantity on hand cannot fall below the reserved quantity.',
  })
  @ApiResponse(RECORDED)
  @ApiIdempotent({
    400: MALFORMED,
    404: NOT_FOUND,
    409: {
      code: 'stock_below_reserved',
      when: 'The quantity on hand would fall below the reserved quantity, or (`stock_too_large`) exceed the maximum.',
    },
    422: INVALID,
  })
  adjust(
    @Param('id', IdPipe) id: number,
    @Body() body: AdjustmentDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<RecordedMovementDto> {
    return respond(reply, (keyed) =>
      this.stock.recordMovement(id, 'adjustment', body, actorOf(reply.request), keyed),
    );
  }

  @Requires('stock:read')
  @Get('stock/movements/:movement_id')
  @ApiOperation({ operationId: 'getMovement', summary: 'Get a stock movement' })
  @ApiParam({ name: 'movement_id', type: 'integer', example: 501 })
  @ApiResponse({ status: 200, type: MovementDto, description: 'The movement.' })
  @ApiProblems({
    400: MALFORMED,
    404: { code: 'movement_not_found', when: 'The product has no movement with this id.' },
  })
  movement(
    @Param('id', IdPipe) id: number,
    @Param('movement_id', IdPipe) movementId: number,
  ): Promise<MovementDto> {
    return this.stock.movement(id, movementId);
  }

  @Requires('stock:read', { isCostly: true })
  @Get('movements')
  @ApiOperation({
    operationId: 'listMovements',
    summary: 'List the stock movements of a product, newest first',
  })
  @ApiResponse({ status: 200, type: MovementPageDto, description: 'A page of movements.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  movements(@Param('id', IdPipe) id: number, @Query() query: PageQuery): Promise<MovementPageDto> {
    return this.stock.movements(id, query);
  }
}

@Controller('stock')
@ApiTags('stock')
export class StockLevelsController {
  constructor(private readonly stock: StockService) {}

  @Requires('stock:read', { isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listStock', summary: 'List products with their stock, newest first' })
  @ApiResponse({ status: 200, type: StockPageDto, description: 'A page of products.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: StockQuery): Promise<StockPageDto> {
    return this.stock.list(query);
  }
}
