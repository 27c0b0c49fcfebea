import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  ChangeWebhookEndpointDto,
  CreateWebhookEndpointDto,
  ReplayedWebhooksDto,
  ReplayWebhooksDto,
  RotateWebhookSecretDto,
  WebhookDeliveryDetailsDto,
  WebhookDeliveryPageDto,
  WebhookDeliveryQuery,
  WebhookEndpointDto,
  WebhookEndpointPageDto,
  WebhookEndpointWithSecretDto,
} from './webhooks.dto.js';
import { WebhooksService } from './webhooks.service.js';

const NOT_FOUND = { code: 'webhook_endpoint_not_found', when: 'The endpoint does not exist.' };
const DELIVERY_NOT_FOUND = {
  code: 'webhook_delivery_not_found',
  otherCodes: ['webhook_endpoint_not_found'],
  when: 'The endpoint or the delivery does not exist.',
};
const NO_KEY = 'The operation accepts no idempotency key, because a stored answer would contain the secret.';
const ENDPOINT = ApiParam({ name: 'id', type: 'integer', example: 3 });
const DELIVERY = ApiParam({ name: 'delivery_id', type: 'integer', example: 812 });

@Controller('webhook-endpoints')
@ApiTags('webhooks')
export class WebhooksController {
  constructor(private readonly webhooks: WebhooksService) {}

  @Requires('webhooks:write')
  @Post()
  @ApiOperation({
    operationId: 'createWebhookEndpoint',
    summary: 'Create a webhook endpoint',
    description: `Requests to it are signed by Standard Webhooks. The response is the only place that shows the secret. ${NO_KEY}`,
  })
  @ApiResponse({ status: 201, type: WebhookEndpointWithSecretDto, description: 'The endpoint.' })
  @ApiProblems({
    400: MALFORMED,
    409: { code: 'too_many_webhook_endpoints', when: 'There are 20 endpoints already.' },
    422: INVALID,
  })
  create(
    @Body() body: CreateWebhookEndpointDto,
    @Req() request: FastifyRequest,
  ): Promise<WebhookEndpointWithSecretDto> {
    return this.webhooks.create(body, actorOf(request));
  }

  @Requires('webhooks:write', { isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listWebhookEndpoints', summary: 'List webhook endpoints, newest first' })
  @ApiResponse({ status: 200, type: WebhookEndpointPageDto, description: 'A page of endpoints.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: PageQuery): Promise<WebhookEndpointPageDto> {
    return this.webhooks.list(query);
  }

  @Requires('webhooks:write')
  @Get(':id')
  @ApiOperation({ operationId: 'getWebhookEndpoint', summary: 'Get a webhook endpoint' })
  @ENDPOINT
  @ApiResponse({ status: 200, type: WebhookEndpointDto, description: 'The endpoint, without its secret.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  get(@Param('id', IdPipe) id: number): Promise<WebhookEndpointDto> {
    return this.webhooks.get(id);
  }

  @Requires('webhooks:write')
  @Patch(':id')
  @ApiOperation({
    operationId: 'changeWebhookEndpoint',
    summary: 'Change the URL or the events of a webhook endpoint',
    description: 'Events that wait are sent to the new URL.',
  })
  @ENDPOINT
  @ApiResponse({ status: 200, type: WebhookEndpointDto, description: 'The changed endpoint.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  change(
    @Param('id', IdPipe) id: number,
    @Body() body: ChangeWebhookEndpointDto,
    @Req() request: FastifyRequest,
  ): Promise<WebhookEndpointDto> {
    return this.webhooks.change(id, body, actorOf(request));
  }

  @Requires('webhooks:write')
  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'deleteWebhookEndpoint',
    summary: 'Delete a webhook endpoint',
    description: 'Events that wait are not sent.',
  })
  @ENDPOINT
  @ApiResponse({ status: 204, description: 'The endpoint is deleted.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND })
  delete(@Param('id', IdPipe) id: number, @Req() request: FastifyRequest): Promise<void> {
    return this.webhooks.delete(id, actorOf(request));
  }

  @Requires('webhooks:write')
  @Post(':id/enable')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'enableWebhookEndpoint',
    summary: 'Enable a webhook endpoint',
    description:
      'The events that wait are sent, also those that were recorded while it was disabled. The operation is idempotent.',
  })
  @ENDPOINT
  @ApiResponse({ status: 200, type: WebhookEndpointDto, description: 'The enabled endpoint.' })
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND })
  enable(
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointDto> {
    return respond(reply, (keyed) => this.webhooks.enable(id, actorOf(reply.request), keyed));
  }

  @Requires('webhooks:write')
  @Post(':id/disable')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'disableWebhookEndpoint',
    summary: 'Disable a webhook endpoint',
    description: 'Its events are recorded, and sent when it is enabled again. The operation is idempotent.',
  })
  @ENDPOINT
  @ApiResponse({ status: 200, type: WebhookEndpointDto, description: 'The disabled endpoint.' })
  @ApiIdempotent({ 400: MALFORMED, 404: NOT_FOUND })
  disable(
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<WebhookEndpointDto> {
    return respond(reply, (keyed) => this.webhooks.disable(id, actorOf(reply.request), keyed));
  }

  @Requires('webhooks:write')
  @Post(':id/rotate-secret')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'rotateWebhookSecret',
    summary: 'Replace the secret of a webhook endpoint',
    description: `Until the previous secret expires, each request has a signature by both. At most two secrets are valid. ${NO_KEY}`,
  })
  @ENDPOINT
  @ApiResponse({
    status: 200,
    type: WebhookEndpointWithSecretDto,
    description: 'The endpoint with its new secret.',
  })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  rotateSecret(
    @Param('id', IdPipe) id: number,
    @Body() body: RotateWebhookSecretDto,
    @Req() request: FastifyRequest,
  ): Promise<WebhookEndpointWithSecretDto> {
    return this.webhooks.rotateSecret(id, body, actorOf(request));
  }

  @Requires('webhooks:write', { isCostly: true })
  @Post(':id/replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayWebhooks',
    summary: 'Send the events of a period of time again',
    description:
      'At most 10,000 events that the endpoint has chosen, with the ids that they had. Events that still wait are left out.',
  })
  @ENDPOINT
  @ApiResponse({ status: 202, type: ReplayedWebhooksDto, description: 'The events will be sent.' })
  @ApiIdempotent({
    400: MALFORMED,
    404: NOT_FOUND,
    409: { code: 'webhook_replay_too_large', when: 'The period has more than 10,000 events.' },
    422: INVALID,
  })
  replayRange(
    @Param('id', IdPipe) id: number,
    @Body() body: ReplayWebhooksDto,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayedWebhooksDto> {
    return respond(reply, (keyed) => this.webhooks.replayRange(id, body, actorOf(reply.request), keyed));
  }

  @Requires('webhooks:write', { isCostly: true })
  @Get(':id/deliveries')
  @ApiOperation({
    operationId: 'listWebhookDeliveries',
    summary: 'List the deliveries to an endpoint, newest first',
  })
  @ENDPOINT
  @ApiResponse({ status: 200, type: WebhookDeliveryPageDto, description: 'A page of deliveries.' })
  @ApiProblems({ 400: MALFORMED, 404: NOT_FOUND, 422: INVALID })
  deliveries(
    @Param('id', IdPipe) id: number,
    @Query() query: WebhookDeliveryQuery,
  ): Promise<WebhookDeliveryPageDto> {
    return this.webhooks.deliveries(id, query);
  }

  @Requires('webhooks:write')
  @Get(':id/deliveries/:delivery_id')
  @ApiOperation({
    operationId: 'getWebhookDelivery',
    summary: 'Get a delivery with its requests and their answers',
  })
  @ENDPOINT
  @DELIVERY
  @ApiResponse({ status: 200, type: WebhookDeliveryDetailsDto, description: 'The delivery.' })
  @ApiProblems({ 400: MALFORMED, 404: DELIVERY_NOT_FOUND })
  delivery(
    @Param('id', IdPipe) id: number,
    @Param('delivery_id', IdPipe) deliveryId: number,
  ): Promise<WebhookDeliveryDetailsDto> {
    return this.webhooks.delivery(id, deliveryId);
  }

  @Requires('webhooks:write', { isCostly: true })
  @Post(':id/deliveries/:delivery_id/replay')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'replayWebhook',
    summary: 'Send the event of a delivery again',
    description: 'With the id that it had. An event that still waits is not sent twice.',
  })
  @ENDPOINT
  @DELIVERY
  @ApiResponse({ status: 202, type: ReplayedWebhooksDto, description: 'The event will be sent.' })
  @ApiIdempotent({ 400: MALFORMED, 404: DELIVERY_NOT_FOUND })
  replay(
    @Param('id', IdPipe) id: number,
    @Param('delivery_id', IdPipe) deliveryId: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ReplayedWebhooksDto> {
    return respond(reply, (keyed) => this.webhooks.replay(id, deliveryId, actorOf(reply.request), keyed));
  }
}
