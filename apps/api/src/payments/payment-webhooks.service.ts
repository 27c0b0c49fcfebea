import { parsePaymentKey, UnitOfWork, type PaymentGatewayName } from '@estoque/domain';
import {
  AppError,
  ENVIRONMENT,
  LOGGER,
  verifyWebhook,
  type Environment,
  type Logger,
} from '@estoque/platform';
import { Inject, Injectable } from '@nestjs/common';

/** A webhook as it was received. */
export interface ReceivedWebhook {
  gateway: PaymentGatewayName;
  /** The exact text that was signed, and its value. */
  text: string;
  body: unknown;
  signature: string | undefined;
}

/** Where the bodies of each gateway contain the idempotency key of the payment. */
const KEY_PATHS: Record<PaymentGatewayName, string[]> = {
  simulated: ['idempotency_key'],
  stripe: ['data', 'object', 'metadata', 'payment_key'],
};

@Injectable()
export class PaymentWebhooksService {
  constructor(
    private readonly unitOfWork: UnitOfWork,
    @Inject(ENVIRONMENT) private readonly environment: Environment,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  /**
   * A webhook only says that a payment has changed: payment-worker then asks the gateway. So webhooks that are repeated,
   * late or in another sequence change nothing.
   *
   * @throws InvalidSignature, SignatureExpired; AppError `webhook_not_configured`
   */
  async receive({ gateway, text, body, signature }: ReceivedWebhook) {
    const { PAYMENT_GATEWAY, PAYMENT_WEBHOOK_SECRET: secret } = this.environment;
    if (gateway !== PAYMENT_GATEWAY || secret === undefined)
      throw new AppError(
        'missing',
        'webhook_not_configured',
        `The payment gateway ${gateway} is not used, or has no secret for webhooks.`,
      );
    verifyWebhook(text, signature, secret, Date.now());
    const key = parsePaymentKey(textAt(body, KEY_PATHS[gateway]));
    // A gateway sends webhooks about other things, too. They are accepted, or it would send them again.
    if (!key) return;
    const isChecked = await this.unitOfWork.inTransaction(({ payments }) => payments.checkSoon(key));
    this.logger.info({ payment_id: key.id, is_checked: isChecked }, 'webhook of the payment gateway');
  }
}

/** @returns the text at the path of a JSON value; empty if there is none */
function textAt(value: unknown, path: string[]): string {
  const found = path.reduce<unknown>(
    (current, name) =>
      typeof current === 'object' && current !== null
        ? (current as Record<string, unknown>)[name]
        : undefined,
    value,
  );
  return typeof found === 'string' ? found : '';
}
