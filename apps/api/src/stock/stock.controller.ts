import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { AdjustmentDto, MovementPageDto, ReceiptDto, StockDto } from './stock.dto.js';
import { StockService } from './stock.service.js';

const NOT_FOUND = { code: 'product_not_found', when: 'The product does not exist.' };

@Controller('products/:id')
@ApiTags('stock')
@ApiParam({ name: 'id', type: 'integer', example: 10 })
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Get('stock')
  @ApiOperation({ operationId: 'getStock', summary: 'Get the stock of a product' })
  @ApiResponse({ status: 200, type: StockDto, description: 'Quantity on hand, reserved and available.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<StockDto> {
    return this.stock.get(id);
  }

  @Post('stock/receipts')
  @ApiOperation({ operationId: 'receiveStock', summary: 'Record received goods' })
  @ApiResponse({ status: 201, type: StockDto, description: 'The new stock.' })
  @ApiProblems({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'stock_too_large', when: 'The quantity on hand would exceed the maximum.' },
    422: INVALID,
  })
  receive(@Param('id', IdPipe) id: number, @Body() body: ReceiptDto): Promise<StockDto> {
    return this.stock.recordMovement(id, 'receipt', body);
  }

  @Post('stock/adjustments')
  @ApiOperation({
    operationId: 'adjustStock',
    summary: 'Correct the quantity on hand',
    description: 'The quantity on hand cannot fall below the reserved quantity.',
  })
  @ApiResponse({ status: 201, type: StockDto, description: 'The new stock.' })
  @ApiProblems({
    400: MALFORMED,
    404: NOT_FOUND,
    409: {
      code: 'stock_below_reserved',
      when: 'The quantity on hand would fall below the reserved quantity, or (`stock_too_large`) exceed the maximum.',
    },
    422: INVALID,
  })
  adjust(@Param('id', IdPipe) id: number, @Body() body: AdjustmentDto): Promise<StockDto> {
    return this.stock.recordMovement(id, 'adjustment', body);
  }

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
