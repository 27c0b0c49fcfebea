import { Controller, Get, Query, Res } from '@nestjs/common';
import { ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { credentialOf } from '../access/access.hook.js';
import { Authenticator } from '../access/authenticator.js';
import { callerOf } from '../access/caller.js';
import { ownerOf } from '../access/owner.js';
import { Requires } from '../access/requires.decorator.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { StreamQuery } from './stream.dto.js';
import { NotAcceptable } from './stream.errors.js';
import { StreamService } from './stream.service.js';

const EVENT_STREAM = 'text/event-stream';

const EXAMPLE = `retry: 2000

id: 019bc3a2-7d5e-7c11-9f0a-5b1f3f6a2c01
event: order
data: {"order_id":123,"event":"order.processed","status":"processed","at":"2026-01-15T12:00:00.034Z"}

event: lost
data: {"count":12}

event: rate
data: {"seconds":5,"events":{"order.created":5100,"stock.reserve":5080,"order.processed":5075}}
`;

@Controller('stream')
@ApiTags('orders')
export class StreamController {
  constructor(
    private readonly streams: StreamService,
    private readonly authenticator: Authenticator,
  ) {}

  @Requires('orders:read', { isForCustomers: true })
  @Get()
  @ApiOperation({
    operationId: 'watchOrders',
    summary: 'Watch the events of orders',
    description:
      'Server-sent events. `order`: an event of an order; a customer gets those of their own orders. `lost`: the client has missed events, because it read too slowly or was not connected; `count` is null if it is not known how many. `rate`: above 100 events a second, only their number is sent, every five seconds; the events of one order are still sent if `order_id` is given. A comment is sent every 15 seconds. The stream ends when the process stops or the credential is no longer valid: connect again.',
  })
  @ApiHeader({
    name: 'Last-Event-ID',
    required: false,
    description:
      'Id of the last event that the client got: later ones are sent again, as far as they are kept.',
    schema: { type: 'string', maxLength: 100, example: '019bc3a2-7d5e-7c11-9f0a-5b1f3f6a2c01' },
  })
  @ApiResponse({
    status: 200,
    description: 'The stream. It does not end by itself.',
    content: { [EVENT_STREAM]: { schema: { type: 'string' }, example: EXAMPLE } },
  })
  @ApiProblems({
    400: MALFORMED,
    404: { code: 'order_not_found', when: 'The order of `order_id` does not exist.' },
    406: { code: 'not_acceptable', when: 'The header `Accept` does not contain `text/event-stream`.' },
    409: { code: 'too_many_streams', when: 'The caller has ten open streams already.' },
    422: INVALID,
  })
  async watch(@Query() { order_id: orderId }: StreamQuery, @Res() reply: FastifyReply) {
    const { request } = reply;
    // A client that does not expect a stream would wait for its end.
    if (!request.headers.accept?.includes(EVENT_STREAM)) throw new NotAcceptable();
    const lastEventId = request.headers['last-event-id'];
    const credential = credentialOf(request);
    const watcher = {
      caller: callerOf(request).id,
      orderId,
      owner: ownerOf(request),
      reidentify: () => this.authenticator.identify(credential),
    };
    const body = await this.streams.open(
      watcher,
      lastEventId === undefined ? undefined : String(lastEventId),
    );
    // Also after the answer to HEAD, which has no body.
    reply.raw.once('close', () => body.destroy());
    // A proxy would collect the events.
    await reply.header('x-accel-buffering', 'no').type(EVENT_STREAM).send(body);
  }
}
