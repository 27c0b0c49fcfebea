import { Body, Controller, Get, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { AdjustmentDto, MovementPageDto, ReceiptDto, StockDto } from './stock.dto.js';
import { StockService } from './stock.service.js';

const NOT_FOUND = { code: 'product_not_found', when: 'There is no such product.' };

@Controller('products/:id')
@ApiTags('stock')
@ApiParam({ name: 'id', type: 'integer', example: 10 })
export class StockController {
  constructor(private readonly stock: StockService) {}

  @Get('stock')
  @ApiOperation({ operationId: 'getStock', summary: 'See how much there is of a product' })
  @ApiResponse({ status: 200, type: StockDto, description: 'On hand, reserved, available.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<StockDto> {
    return this.stock.get(id);
  }

  @Post('stock/receipts')
  @ApiOperation({ operationId: 'receiveStock', summary: 'Book goods that came in' })
  @ApiResponse({ status: 201, type: StockDto, description: 'The stock as it is now.' })
  @ApiProblems({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'stock_too_large', when: 'More than can be counted.' },
    422: INVALID,
  })
  receive(@Param('id', IdPipe) id: number, @Body() body: ReceiptDto): Promise<StockDto> {
    return this.stock.move(id, 'receipt', body);
  }

  @Post('stock/adjustments')
  @ApiOperation({
    operationId: 'adjustStock',
    summary: 'Correct what is on hand',
    description: 'Never below what is reserved.',
  })
  @ApiResponse({ status: 201, type: StockDto, description: 'The stock as it is now.' })
  @ApiProblems({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'stock_below_reserved', when: 'Less would be on hand than is reserved for orders.' },
    422: INVALID,
  })
  adjust(@Param('id', IdPipe) id: number, @Body() body: AdjustmentDto): Promise<StockDto> {
    return this.stock.move(id, 'adjustment', body);
  }

  @Get('movements')
  @ApiOperation({ operationId: 'listMovements', summary: "Read a product's books, newest first" })
  @ApiResponse({ status: 200, type: MovementPageDto, description: 'A page of movements.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  movements(@Param('id', IdPipe) id: number, @Query() query: PageQuery): Promise<MovementPageDto> {
    return this.stock.movements(id, query);
  }
}
