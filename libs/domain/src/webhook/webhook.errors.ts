import { AppError } from '@estoque/platform';

export class WebhookEndpointNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'webhook_endpoint_not_found', `Webhook endpoint ${id} does not exist.`);
  }
}

export class TooManyWebhookEndpoints extends AppError {
  constructor(max: number) {
    super('conflict', 'too_many_webhook_endpoints', `There are ${max} webhook endpoints already.`);
  }
}

export class WebhookDeliveryNotFound extends AppError {
  constructor(id: number) {
    super('missing', 'webhook_delivery_not_found', `The endpoint has no webhook delivery ${id}.`);
  }
}

export class WebhookReplayTooLarge extends AppError {
  constructor(max: number) {
    super('conflict', 'webhook_replay_too_large', `The range contains more than ${max} events.`);
  }
}
