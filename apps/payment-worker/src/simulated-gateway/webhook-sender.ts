import { signWebhook } from '@estoque/platform';
import { setTimeout as sleep } from 'node:timers/promises';

/** Delays before each further attempt. After the last one the shop has to ask. */
const RETRY_MS = [1_000, 5_000, 30_000, 120_000];

/** Sends signed messages that a charge has changed. */
export class WebhookSender {
  private readonly stopping = new AbortController();

  /** @param url undefined: no webhooks are sent */
  constructor(
    private readonly url: string | undefined,
    private readonly secret: string,
  ) {}

  /** Returns at once. */
  send(key: string) {
    if (this.url !== undefined) void this.deliver(this.url, key).catch(() => undefined);
  }

  stop() {
    this.stopping.abort();
  }

  private async deliver(url: string, key: string) {
    const body = JSON.stringify({ type: 'charge.updated', idempotency_key: key });
    for (const delay of [...RETRY_MS, undefined]) {
      if (await this.isAccepted(url, body)) return;
      if (delay !== undefined) await sleep(delay, undefined, { signal: this.stopping.signal, ref: false });
    }
  }

  private async isAccepted(url: string, body: string): Promise<boolean> {
    try {
      const headers = {
        'content-type': 'application/json',
        'payment-signature': signWebhook(body, this.secret, Date.now()),
      };
      const signal = AbortSignal.any([this.stopping.signal, AbortSignal.timeout(10_000)]);
      return (await fetch(url, { method: 'POST', headers, body, signal })).ok;
    } catch {
      return false;
    }
  }
}
