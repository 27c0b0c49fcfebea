import { AppError } from '@estoque/platform';

export class GatewayUnavailable extends AppError {
  constructor(detail: string) {
    super('unavailable', 'gateway_unavailable', `The payment gateway does not answer: ${detail}`);
  }
}
