import { ENVIRONMENT, type Environment } from '@estoque/platform';
import { Controller, Get, Inject, Req } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { ApiProblems } from '../http/problem.dto.js';
import { callerOf } from './caller.js';
import { RequiresCredential } from './requires.decorator.js';
import { SessionDto } from './session.dto.js';

@Controller('session')
@ApiTags('session')
export class SessionController {
  constructor(@Inject(ENVIRONMENT) private readonly environment: Environment) {}

  @RequiresCredential()
  @Get()
  @ApiOperation({
    operationId: 'getSession',
    summary: 'Get who calls, and what they may do',
    description: 'A page shows only what its user may do. The API refuses everything else in any case.',
  })
  @ApiResponse({ status: 200, type: SessionDto, description: 'The caller with their scopes.' })
  @ApiProblems({ 400: { code: 'malformed_request', when: 'The request is malformed.' } })
  session(@Req() request: FastifyRequest): SessionDto {
    const { id, email, grants } = callerOf(request);
    return {
      id,
      email: email ?? null,
      grants: [...grants].map(([scope, reach]) => ({ scope, reach })),
      environment: this.environment.ENV,
    };
  }
}
