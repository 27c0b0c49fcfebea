import { mkdtempSync, rmSync } from 'node:fs';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createGatewayServer } from '../../apps/payment-worker/src/simulated-gateway/http-server.js';
import { SimulatedGateway } from '../../apps/payment-worker/src/simulated-gateway/simulated-gateway.js';

export interface ListedCharge {
  order_id: number;
  method: string;
  captured: number;
  refunded: number;
  idempotency_key: string;
}

export const WEBHOOK_SECRET = 'whsec_of_the_tests_only';

/** A simulated payment gateway in the process of the test, which can be stopped and started again with its charges. */
export class TestGateway {
  private readonly folder = mkdtempSync(join(tmpdir(), 'estoque-gateway-'));
  private webhookUrl?: string;
  private gateway?: SimulatedGateway;
  private server?: Server;
  private boundPort = 0;

  static async start() {
    const gateway = new TestGateway();
    await gateway.restart();
    return gateway;
  }

  get port() {
    return this.boundPort;
  }

  get ledgerFile() {
    return join(this.folder, 'charges.jsonl');
  }

  get isRunning() {
    return this.server !== undefined;
  }

  get url() {
    return `http://127.0.0.1:${this.port}`;
  }

  /** The variables of the apps that use this gateway. */
  get environment() {
    return { PAYMENT_GATEWAY_URL: this.url, PAYMENT_WEBHOOK_SECRET: WEBHOOK_SECRET };
  }

  /** Sends webhooks to this address from now on. */
  sendWebhooksTo(url: string) {
    this.webhookUrl = url;
    return this.restart();
  }

  async restart({ slowMs = 300, asyncMs = 300 } = {}) {
    await this.shutDown();
    this.gateway = new SimulatedGateway({
      ledger: this.ledgerFile,
      webhookUrl: this.webhookUrl,
      webhookSecret: WEBHOOK_SECRET,
      slowMs,
      asyncMs,
    });
    this.server = createGatewayServer(this.gateway);
    await new Promise<void>((resolve) => this.server!.listen(this.port, '127.0.0.1', resolve));
    this.boundPort = (this.server.address() as AddressInfo).port;
  }

  /** The gateway is unavailable afterwards, until `restart`. */
  async shutDown() {
    const { server, gateway } = this;
    if (!server) return;
    this.server = undefined;
    await new Promise((resolve) => {
      server.close(resolve);
      server.closeAllConnections();
    });
    gateway!.stop();
  }

  async charges(): Promise<ListedCharge[]> {
    const response = await fetch(`${this.url}/charges?limit=100000`);
    return ((await response.json()) as { data: ListedCharge[] }).data;
  }

  /** The charges of one order. More than one is a double charge. */
  async chargesOf(orderId: number) {
    return (await this.charges()).filter(({ order_id }) => order_id === orderId);
  }

  async stop() {
    await this.shutDown();
    rmSync(this.folder, { recursive: true });
  }
}
