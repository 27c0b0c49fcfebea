import { Controller, Get } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { Requires } from '../access/requires.decorator.js';
import { ApiProblems } from '../http/problem.dto.js';
import { ConfigurationDto } from './configuration.dto.js';
import { ConfigurationService } from './configuration.service.js';

@Controller('operations/configuration')
@ApiTags('operations')
export class ConfigurationController {
  constructor(private readonly configuration: ConfigurationService) {}

  @Requires('operations:read')
  @Get()
  @ApiOperation({
    operationId: 'getConfiguration',
    summary: 'Get the configuration of the API and the migrations of the database',
    description: 'Secrets are left out. Other replicas and the workers can have other values.',
  })
  @ApiResponse({
    status: 200,
    type: ConfigurationDto,
    description: 'The configuration of the process that answered.',
  })
  @ApiProblems({ 400: { code: 'malformed_request', when: 'The request is malformed.' } })
  get(): Promise<ConfigurationDto> {
    return this.configuration.get();
  }
}
