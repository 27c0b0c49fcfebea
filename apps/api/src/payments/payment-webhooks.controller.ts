import { Controller, HttpCode, Post, Req } from '@nestjs/common';
import { ApiBody, ApiHeader, ApiOperation, ApiResponse, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { RequiresSignature } from '../access/requires.decorator.js';
import { signedBodyOf } from '../http/json-body.js';
import { ApiProblems } from '../http/problem.dto.js';
import { PaymentWebhooksService } from './payment-webhooks.service.js';

const DESCRIPTION =
  'Called by the payment gateway when a payment has changed. The signature of the body is the credential; it is valid for five minutes. payment-worker then asks the gateway for the state of the payment, so the sequence and the number of calls do not matter.';
const SIGNATURE = {
  required: true,
  schema: { type: 'string', minLength: 1, maxLength: 1_000 },
  example: 't=1768478400,v1=5257a869e7ecebeda32affa62cdca3fa51cad7e77a0e56ff536d0ce8e108d8bd',
} as const;
const SIMULATED_BODY = {
  type: 'object',
  properties: {
    type: { type: 'string', maxLength: 100, example: 'charge.updated' },
    idempotency_key: {
      type: 'string',
      maxLength: 255,
      description: 'Key of the charge that has changed',
      example: 'payment-31-0198f2c1-7d5b-4c1e-9a51-3f0f8d0c7b11',
    },
  },
};
const STRIPE_BODY = {
  type: 'object',
  description: 'An event of Stripe. Only `data.object.metadata.payment_key` is read.',
  example: {
    type: 'payment_intent.succeeded',
    data: { object: { metadata: { payment_key: 'payment-31-0198f2c1-7d5b-4c1e-9a51-3f0f8d0c7b11' } } },
  },
};
const PROBLEMS = {
  400: {
    code: 'invalid_signature',
    otherCodes: ['signature_expired', 'malformed_request'],
    when: 'The signature is missing, wrong or too old, or the body is not valid JSON.',
  },
  404: {
    code: 'webhook_not_configured',
    when: 'The system does not use this gateway, or has no secret for it.',
  },
  413: { code: 'body_too_large', when: 'The body is larger than 100 kB.' },
  415: { code: 'unsupported_media_type', when: 'The body is not application/json.' },
};

@Controller('payments/webhooks')
@ApiTags('payments')
export class PaymentWebhooksController {
  constructor(private readonly webhooks: PaymentWebhooksService) {}

  @RequiresSignature()
  @Post('simulated')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'receiveSimulatedWebhook',
    summary: 'Receive a webhook of the simulated gateway',
    description: DESCRIPTION,
  })
  @ApiHeader({ name: 'payment-signature', description: 'As `Stripe-Signature`.', ...SIGNATURE })
  @ApiBody({ schema: SIMULATED_BODY })
  @ApiResponse({ status: 204, description: 'The webhook is accepted.' })
  @ApiProblems(PROBLEMS)
  simulated(@Req() request: FastifyRequest) {
    return this.receive('simulated', 'payment-signature', request);
  }

  @RequiresSignature()
  @Post('stripe')
  @HttpCode(204)
  @ApiOperation({
    operationId: 'receiveStripeWebhook',
    summary: 'Receive a webhook of Stripe',
    description: DESCRIPTION,
  })
  @ApiHeader({ name: 'stripe-signature', description: 'Signature of the body by Stripe.', ...SIGNATURE })
  @ApiBody({ schema: STRIPE_BODY })
  @ApiResponse({ status: 204, description: 'The webhook is accepted.' })
  @ApiProblems(PROBLEMS)
  stripe(@Req() request: FastifyRequest) {
    return this.receive('stripe', 'stripe-signature', request);
  }

  private receive(gateway: 'simulated' | 'stripe', header: string, request: FastifyRequest) {
    const signature = request.headers[header];
    return this.webhooks.receive({
      gateway,
      text: signedBodyOf(request),
      body: request.body,
      signature: Array.isArray(signature) ? signature[0] : signature,
    });
  }
}
