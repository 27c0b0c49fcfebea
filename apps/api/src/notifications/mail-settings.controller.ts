import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { assertOwn, ownerOf } from '../access/owner.js';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { EmailPipe } from '../http/email.pipe.js';
import { MAX_EMAIL_CHARACTERS } from '../http/fields.decorators.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { ChangeMailSettingsDto, MailSettingsDto, SuppressDto } from './mail-settings.dto.js';
import { MailSettingsService } from './mail-settings.service.js';

const NO_ADDRESS = { ...MALFORMED, otherCodes: ['invalid_email'] };
const NOT_OWN = {
  code: 'insufficient_scope',
  otherCodes: ['email_not_own', 'cross_site_request'],
  when: 'The caller does not have the required scope, or is a customer and names another e-mail address, or a browser sent the request for a page of another origin that is not allowed (CORS_ORIGINS).',
};

@Controller('customers/:email/mail-settings')
@ApiTags('notifications')
@ApiParam({
  name: 'email',
  schema: { type: 'string', format: 'email', maxLength: MAX_EMAIL_CHARACTERS },
  description: "The customer's e-mail address, percent-encoded. Upper and lower case make no difference.",
  example: 'ana@example.com',
})
export class MailSettingsController {
  constructor(private readonly settings: MailSettingsService) {}

  @Requires('notifications:read', { isForCustomers: true })
  @Get()
  @ApiOperation({ operationId: 'getMailSettings', summary: 'Get which mails a customer gets' })
  @ApiResponse({ status: 200, type: MailSettingsDto, description: 'The settings of the address.' })
  @ApiProblems({ 400: NO_ADDRESS, 403: NOT_OWN })
  get(@Param('email', EmailPipe) email: string, @Req() request: FastifyRequest): Promise<MailSettingsDto> {
    const owner = ownerOf(request);
    assertOwn(email, owner, 'email');
    return this.settings.get(email, owner);
  }

  @Requires('notifications:write', { isForCustomers: true })
  @Patch()
  @ApiOperation({
    operationId: 'changeMailSettings',
    summary: 'Change which mails a customer gets',
    description:
      'A customer can opt out of the mails that are not transactional. A mail that is already recorded is still sent.',
  })
  @ApiResponse({ status: 200, type: MailSettingsDto, description: 'The settings of the address.' })
  @ApiProblems({ 400: NO_ADDRESS, 403: NOT_OWN, 422: INVALID })
  change(
    @Param('email', EmailPipe) email: string,
    @Body() { opted_out }: ChangeMailSettingsDto,
    @Req() request: FastifyRequest,
  ): Promise<MailSettingsDto> {
    const owner = ownerOf(request);
    assertOwn(email, owner, 'email');
    return this.settings.optOut(email, opted_out, actorOf(request), owner);
  }

  @Requires('operations:write')
  @Post('suppression')
  @HttpCode(200)
  @ApiOperation({
    operationId: 'suppressMails',
    summary: 'Send no more mails to an address',
    description:
      'For bounces that arrive after the mail server had accepted the mail. An address that the mail server refuses because it does not exist is suppressed by itself. Mails to it are recorded as `failed`. The operation is idempotent: the first reason stays.',
  })
  @ApiResponse({ status: 200, type: MailSettingsDto, description: 'The settings of the address.' })
  @ApiProblems({ 400: NO_ADDRESS, 422: INVALID })
  suppress(
    @Param('email', EmailPipe) email: string,
    @Body() { reason }: SuppressDto,
    @Req() request: FastifyRequest,
  ): Promise<MailSettingsDto> {
    return this.settings.suppress(email, reason, actorOf(request));
  }

  @Requires('operations:write')
  @Delete('suppression')
  @ApiOperation({
    operationId: 'endMailSuppression',
    summary: 'Send mails to an address again',
    description: 'Mails that failed meanwhile are sent by `POST /v1/notifications/{id}/resend`.',
  })
  @ApiResponse({ status: 200, type: MailSettingsDto, description: 'The settings of the address.' })
  @ApiProblems({ 400: NO_ADDRESS })
  endSuppression(
    @Param('email', EmailPipe) email: string,
    @Req() request: FastifyRequest,
  ): Promise<MailSettingsDto> {
    return this.settings.endSuppression(email, actorOf(request));
  }
}
