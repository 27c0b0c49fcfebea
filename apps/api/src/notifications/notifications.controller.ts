import { previewMail } from '@estoque/mails';
import { Controller, Get, HttpCode, Param, Post, Query, Req, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { ownerOf } from '../access/owner.js';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { IdPipe } from '../http/id.pipe.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { respond } from '../idempotency/answer-once.js';
import { ApiIdempotent } from '../idempotency/idempotency.decorators.js';
import {
  MailPreviewDto,
  NotificationDto,
  NotificationPageDto,
  NotificationQuery,
  PreviewQuery,
} from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@Controller('notifications')
@ApiTags('notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Requires('notifications:read', { isForCustomers: true, isCostly: true })
  @Get()
  @ApiOperation({ operationId: 'listNotifications', summary: 'List mails, newest first' })
  @ApiResponse({ status: 200, type: NotificationPageDto, description: 'A page of notifications.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: NotificationQuery, @Req() request: FastifyRequest): Promise<NotificationPageDto> {
    return this.notifications.list(query, ownerOf(request));
  }

  @Requires('notifications:read')
  @Get('preview')
  @ApiOperation({
    operationId: 'previewNotification',
    summary: 'Preview a kind of mail',
    description: 'Renders the mail in the language, with an order or product that does not exist.',
  })
  @ApiResponse({ status: 200, type: MailPreviewDto, description: 'What a recipient would read.' })
  @ApiProblems({ 422: INVALID })
  preview(@Query() { kind, locale }: PreviewQuery): MailPreviewDto {
    return previewMail(kind, locale);
  }

  @Requires('notifications:read')
  @Get(':id/mail')
  @ApiOperation({
    operationId: 'getMail',
    summary: 'Get the text of a mail',
    description:
      'Renders the mail again. It contains what the order is now: a name that was changed or erased since is different from that of the mail.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 77 })
  @ApiResponse({ status: 200, type: MailPreviewDto, description: 'What the recipient reads.' })
  @ApiProblems({
    400: MALFORMED,
    404: { code: 'notification_not_found', when: 'The notification does not exist.' },
  })
  mail(@Param('id', IdPipe) id: number): Promise<MailPreviewDto> {
    return this.notifications.mail(id);
  }

  @Requires('operations:write', { isCostly: true })
  @Post(':id/resend')
  @HttpCode(202)
  @ApiOperation({
    operationId: 'resendNotification',
    summary: 'Send a mail again',
    description:
      'Possible in the states `sent`, `failed` and `withheld`. The new mail has a Message-ID of its own. It counts for the maximum number of mails to its recipient within an hour.',
  })
  @ApiParam({ name: 'id', type: 'integer', example: 77 })
  @ApiResponse({ status: 202, type: NotificationDto, description: 'The mail is pending and will be sent.' })
  @ApiIdempotent({
    400: MALFORMED,
    404: { code: 'notification_not_found', when: 'The notification does not exist.' },
    409: {
      code: 'notification_pending',
      otherCodes: ['notification_erased'],
      when: 'The mail is pending, or the personal data of its recipient was erased.',
    },
    429: {
      code: 'mail_limit_reached',
      otherCodes: ['rate_limited'],
      when: 'The recipient has got the maximum number of mails within an hour. Nothing was changed. Repeat the request after the seconds in `Retry-After`.',
      retryAfterSeconds: { max: 3_600 },
    },
  })
  resend(
    @Param('id', IdPipe) id: number,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<NotificationDto> {
    return respond(reply, (keyed) => this.notifications.resend(id, actorOf(reply.request), keyed));
  }
}
