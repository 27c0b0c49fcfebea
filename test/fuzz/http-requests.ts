import { signWebhook } from '@estoque/platform';
import { request as sendRequest, type Agent } from 'node:http';
import type { Random } from '../faults/random.js';
import type { Operation, Schema } from '../support/openapi.js';
import { WEBHOOK_SECRET } from '../support/payment-gateway.js';
import type { Credential } from './credentials.js';
import {
  encodeJson,
  entityTag,
  hostileDate,
  hostileText,
  hostileValue,
  mutate,
  PROTOTYPE_NAMES,
  type ValueGenerator,
} from './values.js';

/** One request, as it is sent and as it is printed. */
export interface FuzzRequest {
  operation: Operation;
  method: string;
  /** Path and query, percent-encoded. */
  url: string;
  headers: Record<string, string>;
  body?: string;
  /** Whether the document describes the response: not for a wrong method. */
  isDocumented: boolean;
  /** Default: an admin's. */
  credential?: Credential;
  /** Whether every 2xx response is a violation. */
  mustBeRefused?: boolean;
}

export interface FuzzResponse {
  status: number;
  contentType: string;
  retryAfter?: string;
  /** The header `WWW-Authenticate`. */
  challenge?: string;
  body: string;
}

const METHODS = ['GET', 'POST', 'PATCH', 'PUT', 'DELETE', 'OPTIONS', 'HEAD', 'TRACE', 'PROPFIND'];
const CONTENT_TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'application/json;;;',
  'application/problem+json',
  'multipart/form-data; boundary=x',
  'application/x-www-form-urlencoded',
  '',
];

/** Characters that a URL may contain unchanged; all others are percent-encoded, half surrogate pairs as U+FFFD. */
const encode = (text: string) => encodeURIComponent(Buffer.from(text).toString());

export const acceptsIfMatch = ({ parameters }: Operation) =>
  parameters.some(({ name }) => name === 'If-Match');

/** Generates requests for an operation: valid, nearly valid and hostile. */
export class RequestGenerator {
  constructor(
    private readonly random: Random,
    private readonly values: ValueGenerator,
    /** @returns a valid value for a parameter in the path of an operation */
    private readonly pathValue: (path: string, parameter: string) => string,
  ) {}

  generate(operation: Operation): FuzzRequest {
    const { random } = this;
    const isHostile = random.next() < 0.85;
    const headers: Record<string, string> = {};
    let body: string | undefined;
    if (operation.body) {
      headers['content-type'] = 'application/json';
      body = this.body(operation, isHostile);
      if (isHostile && random.next() < 0.1) headers['content-type'] = random.pick(CONTENT_TYPES);
      if (isHostile && random.next() < 0.02) headers['content-encoding'] = 'gzip';
    }
    if (operation.isSigned && random.next() < 0.8) Object.assign(headers, signatureOf(operation, body ?? ''));
    if (acceptsIfMatch(operation) && random.next() < 0.5) headers['if-match'] = entityTag(random, isHostile);
    const isOtherMethod = isHostile && random.next() < 0.05;
    const method = isOtherMethod ? random.pick(METHODS) : operation.method;
    return {
      operation,
      method,
      url: this.path(operation, isHostile) + this.query(operation, isHostile),
      headers,
      body: method === 'HEAD' ? undefined : body,
      isDocumented: method === operation.method,
    };
  }

  private path({ path }: Operation, isHostile: boolean): string {
    return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => {
      if (!isHostile || this.random.next() < 0.7) return this.pathValue(path, name);
      return encode(hostileText(this.random)) || '0';
    });
  }

  private query({ parameters }: Operation, isHostile: boolean): string {
    const { random } = this;
    const pairs: string[] = [];
    for (const { name, in: location, schema, required } of parameters) {
      if (location !== 'query' || (!required && random.next() < 0.6)) continue;
      const isBad = isHostile && random.next() < 0.5;
      const value = isBad ? this.hostileParameter(name, schema) : String(this.values.valid(schema, name));
      pairs.push(`${name}=${encode(value)}`);
      if (isBad && random.next() < 0.15) pairs.push(`${name}=${encode(hostileText(random))}`);
      if (isBad && random.next() < 0.05) pairs.push(`${name}[a]=1`, `${name}[]=1`);
    }
    if (isHostile && random.next() < 0.05) pairs.push(`${random.pick(PROTOTYPE_NAMES)}=1`);
    if (isHostile && random.next() < 0.03) pairs.push(random.pick(['%', '%zz', '=', '&&', 'a=%ff']));
    return pairs.length > 0 ? `?${pairs.join('&')}` : '';
  }

  private hostileParameter(name: string, schema: Schema): string {
    const { random } = this;
    if (/_(from|to)$/.test(name) && random.next() < 0.6) return hostileDate(random);
    return random.next() < 0.3 ? String(this.values.nearlyValid(schema)) : hostileText(random);
  }

  private body({ body }: Operation, isHostile: boolean): string {
    const { random } = this;
    let value = this.values.valid(body!);
    if (!isHostile) return encodeJson(value);
    const kind = random.next();
    const replacement = () => hostileValue(random);
    for (let count = random.between(1, 2); count > 0; count--) value = mutate(value, random, replacement);
    const text = encodeJson(value);
    if (kind < 0.03) return text.slice(0, random.between(0, text.length));
    if (kind < 0.04) return `\ufeff${text}`;
    if (kind < 0.05) return '';
    if (kind < 0.06) return `"${'x'.repeat(120_000)}"`;
    return text;
  }
}

/** @returns the header with the signature that the payment gateway would send */
function signatureOf({ parameters }: Operation, body: string) {
  const { name } = parameters.find((parameter) => parameter.in === 'header')!;
  return { [name]: signWebhook(body, WEBHOOK_SECRET, Date.now()) };
}

/** Sends a request. @throws Error if the connection fails or there is no response in time */
export function send(origin: string, agent: Agent, request: FuzzRequest): Promise<FuzzResponse> {
  return new Promise((resolve, reject) => {
    const { method, url, headers, body } = request;
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = sendRequest(origin + url, {
      method,
      agent,
      headers: { ...headers, ...length },
      timeout: 20_000,
    });
    sent.on('timeout', () => sent.destroy(new Error('no response within 20 s')));
    sent.on('error', reject);
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode!,
          contentType: response.headers['content-type'] ?? '',
          retryAfter: response.headers['retry-after'],
          challenge: response.headers['www-authenticate'],
          body: Buffer.concat(chunks).toString(),
        }),
      );
    });
    sent.end(body);
  });
}

const MAX_SHOWN_CHARACTERS = 2_000;

const abbreviate = (text: string) =>
  text.length > MAX_SHOWN_CHARACTERS
    ? `${text.slice(0, 200)}... (${text.length} characters) ...${text.slice(-50)}`
    : text;

/** @returns a command line that sends the request; a longer header or body is abbreviated */
export function toCurl({ method, url, headers, body }: FuzzRequest): string {
  const quote = (text: string) => `'${text.replaceAll("'", `'\\''`)}'`;
  const parts = ['curl', '-X', method, `"$API${url}"`];
  for (const [name, value] of Object.entries(headers))
    parts.push('-H', quote(abbreviate(`${name}: ${value}`)));
  if (body !== undefined) parts.push('--data-binary', quote(abbreviate(body)));
  return parts.join(' ').replaceAll('\0', '\\0');
}
