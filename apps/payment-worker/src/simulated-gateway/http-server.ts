import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { z } from 'zod';
import {
  chargeRequest,
  refundRequest,
  type GatewayAnswer,
  type SimulatedGateway,
} from './simulated-gateway.js';

const MAX_BODY_BYTES = 10_000;
const DEFAULT_LIMIT = 100;

/**
 * The HTTP interface of the simulated gateway:
 *
 * - `POST /charges` with idempotency_key, order_id, method, amount and currency
 * - `GET /charges?limit=`, newest first, or `?idempotency_key=` for one
 * - `POST /refunds` with idempotency_key, charge_key and amount
 * - `GET /health`
 */
export function createGatewayServer(gateway: SimulatedGateway): Server {
  return createServer((request, response) => {
    const send = (answer: GatewayAnswer) => {
      if (answer === 'lost') return void request.socket.destroy();
      const body = JSON.stringify(answer.body);
      response.writeHead(answer.status, {
        'content-type': 'application/json',
        'content-length': Buffer.byteLength(body),
        // A client that keeps a connection would meet its end after a restart.
        connection: 'close',
      });
      response.end(body);
    };
    handle(gateway, request).then(send, (error: Error) =>
      send({ status: 500, body: { error: error.message } }),
    );
  });
}

async function handle(gateway: SimulatedGateway, request: IncomingMessage): Promise<GatewayAnswer> {
  const { pathname, searchParams } = new URL(request.url!, 'http://gateway');
  switch (`${request.method} ${pathname}`) {
    case 'GET /health':
      return { status: 200, body: { status: 'ok' } };
    case 'GET /charges':
      return listCharges(gateway, searchParams);
    case 'POST /charges':
      return withBody(request, chargeRequest, (body) => gateway.charge(body));
    case 'POST /refunds':
      return withBody(request, refundRequest, (body) => gateway.refund(body));
    default:
      return { status: 404, body: { error: 'not_found' } };
  }
}

function listCharges(gateway: SimulatedGateway, query: URLSearchParams): GatewayAnswer {
  const key = query.get('idempotency_key');
  if (key !== null) return gateway.find(key);
  const limit = Number(query.get('limit') ?? DEFAULT_LIMIT);
  if (!Number.isSafeInteger(limit) || limit < 1) return invalid('limit must be a positive integer');
  return gateway.list(limit);
}

async function withBody<Schema extends z.ZodType>(
  request: IncomingMessage,
  schema: Schema,
  work: (body: z.output<Schema>) => GatewayAnswer | Promise<GatewayAnswer>,
): Promise<GatewayAnswer> {
  const parsed = schema.safeParse(await readJson(request));
  return parsed.success ? work(parsed.data) : invalid(parsed.error.issues[0]!.message);
}

/** @returns undefined if the body is too large or no JSON */
async function readJson(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const chunk of request) {
    text += String(chunk);
    if (text.length > MAX_BODY_BYTES) return undefined;
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const invalid = (error: string): GatewayAnswer => ({ status: 422, body: { error } });
