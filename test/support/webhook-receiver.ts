import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface ReceivedRequest {
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
}

/** An HTTP server that receives webhooks. */
export class WebhookReceiver {
  readonly requests: ReceivedRequest[] = [];
  /** Decides the answer. Without one, the request stays unanswered. */
  answer: (request: ReceivedRequest) => Answer | 'disconnect' | undefined = () => ({
    status: 200,
    body: 'ok',
  });
  private server!: Server;
  private port = 0;

  static async start(): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver();
    await receiver.listen();
    return receiver;
  }

  /** Starts to listen, on the same port as before. */
  async listen() {
    this.server = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const body = Buffer.concat(chunks).toString();
        const received = { path: request.url!, headers: request.headers, body };
        this.requests.push(received);
        const answer = this.answer(received);
        if (answer === 'disconnect') request.socket.destroy();
        else if (answer) response.writeHead(answer.status, answer.headers).end(answer.body);
      });
    });
    this.server.listen(this.port, '127.0.0.1');
    await once(this.server, 'listening');
    this.port = (this.server.address() as AddressInfo).port;
  }

  get url() {
    return `http://127.0.0.1:${this.port}/hooks`;
  }

  /** @returns the names of the received events of an order, in their sequence */
  received(orderId: number): string[] {
    return this.requests
      .map(({ body }) => JSON.parse(body) as { event: string; order_id?: number })
      .filter(({ order_id }) => order_id === orderId)
      .map(({ event }) => event);
  }

  async stop() {
    this.server.closeAllConnections();
    if (this.server.listening) await new Promise((resolve) => this.server.close(resolve));
  }
}
