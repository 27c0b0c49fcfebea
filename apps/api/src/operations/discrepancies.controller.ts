import { Body, Controller, Get, Param, Post, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import { MovementDto } from '../stock/stock.dto.js';
import { LedgerComparisonDto, RepairDto } from './discrepancies.dto.js';
import { DiscrepanciesService } from './discrepancies.service.js';

const NOT_FOUND = { code: 'product_not_found', when: 'The product does not exist.' };

@Controller('operations/discrepancies/:id')
@ApiTags('operations')
@ApiParam({ name: 'id', type: 'integer', example: 10, description: 'Id of the product' })
export class DiscrepanciesController {
  constructor(private readonly discrepancies: DiscrepanciesService) {}

  @Requires('operations:read', { isCostly: true })
  @Get()
  @ApiOperation({
    operationId: 'compareLedger',
    summary: 'Compare the stock of a product with its ledger, and show the movement that would repair it',
    description: 'Compares the present stock, not that of the last audit.',
  })
  @ApiResponse({ status: 200, type: LedgerComparisonDto, description: 'The comparison.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  compare(@Param('id', IdPipe) id: number): Promise<LedgerComparisonDto> {
    return this.discrepancies.compare(id);
  }

  @Requires('operations:write', { isCostly: true })
  @Post('repair')
  @ApiOperation({
    operationId: 'repairDiscrepancy',
    summary: 'Record the difference between the stock on hand of a product and its movements',
    description:
      'Writes a movement with the difference, marked as a correction. The stock on hand does not change. If the ledger was right and the stock was not, adjust the stock afterwards.',
  })
  @ApiResponse({
    status: 201,
    type: MovementDto,
    description: 'The movement.',
    headers: {
      Location: {
        description: 'URL of the movement',
        schema: { type: 'string' as const, example: '/v1/products/10/stock/movements/501' },
      },
    },
  })
  @ApiIdempotent({
    400: MALFORMED,
    404: NOT_FOUND,
    409: {
      code: 'discrepancy_changed',
      otherCodes: ['no_discrepancy'],
      when: 'The difference is another one now, or there is none.',
    },
    422: INVALID,
  })
  repair(
    @Param('id', IdPipe) id: number,
    @Body() body: RepairDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<MovementDto> {
    return respond(reply, (keyed) => this.discrepancies.repair(id, body, actorOf(reply.request), keyed));
  }
}
