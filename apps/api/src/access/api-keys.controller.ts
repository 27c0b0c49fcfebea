import { Body, Controller, Get, HttpCode, Param, Post, Query, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { ApiKeyDto, ApiKeyPageDto, CreateApiKeyDto, CreatedApiKeyDto, toApiKeyDto } from './api-keys.dto.js';
import { ApiKeysService } from './api-keys.service.js';
import { Requires } from './requires.decorator.js';

const NOT_FOUND = { code: 'api_key_not_found', when: 'The API key does not exist.' };

@Controller('api-keys')
@ApiTags('api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Requires('admin')
  @Post()
  @ApiOperation({
    operationId: 'createApiKey',
    summary: 'Create an API key',
    description:
      'The response is the only place that shows the key: the system stores its SHA-256. The operation accepts no idempotency key, because a stored answer would contain the key.',
  })
  @ApiResponse({ status: 201, type: CreatedApiKeyDto, description: 'The API key.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  async create(@Body() body: CreateApiKeyDto, @Req() request: FastifyRequest): Promise<CreatedApiKeyDto> {
    const { stored, key } = await this.apiKeys.create(body, actorOf(request));
    return { ...toApiKeyDto(stored), key };
  }

  @Requires('admin', { isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listApiKeys', summary: 'List API keys, newest first' })
  @ApiResponse({ status: 200, type: ApiKeyPageDto, description: 'A page of API keys, also of revoked ones.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: PageQuery): Promise<ApiKeyPageDto> {
    return this.apiKeys.list(query);
  }

  @Requires('admin')
  @Get(':id')
  @ApiOperation({ operationId: 'getApiKey', summary: 'Get an API key' })
  @ApiParam({ name: 'id', type: 'integer', example: 12 })
  @ApiResponse({ status: 200, type: ApiKeyDto, description: 'The API key, without the key itself.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<ApiKeyDto> {
    return this.apiKeys.get(id);
  }

  @Requires('admin')
  @Post(':id/revoke')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'revokeApiKey',
    summary: 'Revoke an API key',
    description: 'Every replica refuses the key within 5 s. The operation is idempotent.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 12 })
  @ApiResponse({ status: 200, type: ApiKeyDto, description: 'The revoked API key.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  revoke(@Param('id', IdPipe) id: number, @Req() request: FastifyRequest): Promise<ApiKeyDto> {
    return this.apiKeys.revoke(id, actorOf(request));
  }
}
