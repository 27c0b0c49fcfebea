import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { NotificationPageDto, NotificationQuery } from './notifications.dto.js';
import { NotificationsService } from './notifications.service.js';

@Controller('notifications')
@ApiTags('notifications')
export class NotificationsController {
  constructor(private readonly notifications: NotificationsService) {}

  @Get()
  @ApiOperation({ operationId: 'listNotifications', summary: 'See which mails were sent, newest first' })
  @ApiResponse({ status: 200, type: NotificationPageDto, description: 'A page of notifications.' })
  @ApiProblems({ 400: MALFORMED, 422: INVALID })
  list(@Query() query: NotificationQuery): Promise<NotificationPageDto> {
    return this.notifications.list(query);
  }
}
