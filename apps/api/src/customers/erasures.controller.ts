import { Controller, Get, Param } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, MALFORMED } from '../http/problem.dto.js';
import { ErasureDto } from './customers.dto.js';
import { CustomersService } from './customers.service.js';

@Controller('operations/erasures')
@ApiTags('customers')
export class ErasuresController {
  constructor(private readonly customers: CustomersService) {}

  @Requires('operations:read')
  @Get(':id')
  @ApiOperation({ operationId: 'getErasure', summary: 'Get an erasure of personal data with its progress' })
  @ApiParam({ name: 'id', type: 'integer', example: 4 })
  @ApiResponse({ status: 200, type: ErasureDto, description: 'The erasure, without the customer.' })
  @ApiProblems({
    400: MALFORMED,
    404: { code: 'erasure_not_found', when: 'The erasure does not exist.' },
  })
  get(@Param('id', IdPipe) id: number): Promise<ErasureDto> {
    return this.customers.erasure(id);
  }
}
