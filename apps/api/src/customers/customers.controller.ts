import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiOperation, ApiParam, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { Requires } from '../access/requires.decorator.js';
import { actorOf } from '../audit-log/actor.js';
import { EmailPipe } from '../http/email.pipe.js';
import { MAX_EMAIL_CHARACTERS } from '../http/fields.decorators.js';
import { PageQuery } from '../http/page.dto.js';
import { ApiProblems, INVALID, MALFORMED } from '../http/problem.dto.js';
import { CustomerDataPageDto, ErasureDto } from './customers.dto.js';
import { CustomersService } from './customers.service.js';

const NO_ADDRESS = { ...MALFORMED, otherCodes: ['invalid_email', 'invalid_cursor'] };

@Controller('customers/:email/data')
@ApiTags('customers')
@ApiParam({
  name: 'email',
  schema: { type: 'string', format: 'email', maxLength: MAX_EMAIL_CHARACTERS },
  description: "The customer's e-mail address, percent-encoded. Upper and lower case make no difference.",
  example: 'ana@example.com',
})
export class CustomersController {
  constructor(private readonly customers: CustomersService) {}

  @Requires('operations:read', { isCostly: true })
  @Get()
  @ApiOperation({
    operationId: 'exportCustomerData',
    summary: 'Export the personal data of a customer',
    description:
      'The orders of the customer, newest first, each with its mails, with who placed it and with what the customer has changed; and the API keys of the customer.',
  })
  @ApiResponse({ status: 200, type: CustomerDataPageDto, description: 'A page of the data.' })
  @ApiProblems({ 400: NO_ADDRESS, 422: INVALID })
  export(@Param('email', EmailPipe) email: string, @Query() query: PageQuery): Promise<CustomerDataPageDto> {
    return this.customers.export(email, query);
  }

  @Requires('admin', { isCostly: true })
  @Delete()
  @HttpCode(202)
  @ApiOperation({
    operationId: 'eraseCustomerData',
    summary: 'Erase the personal data of a customer',
    description:
      'In the background. Orders, stock ledger and audit log stay, without the customer. Mails that wait to be sent are not sent. It cannot be undone. If an erasure of the customer is not finished yet, it is returned. Poll the URL in `Location` for the result.',
  })
  @ApiResponse({
    status: 202,
    type: ErasureDto,
    description: 'The erasure is stored and will run.',
    headers: {
      Location: {
        description: 'URL of the erasure',
        schema: { type: 'string', example: '/v1/operations/erasures/4' },
      },
    },
  })
  @ApiProblems({
    400: NO_ADDRESS,
    409: {
      code: 'customer_has_open_orders',
      when: 'An order of the customer is neither processed, rejected nor cancelled.',
    },
  })
  async erase(
    @Param('email', EmailPipe) email: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErasureDto> {
    const erasure = await this.customers.erase(email, actorOf(reply.request));
    reply.header('location', `/v1/operations/erasures/${erasure.id}`);
    return erasure;
  }
}
