import { SIMULATED_METHODS } from '@estoque/domain';
import { Agent } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../faults/random.js';
import { findInternals } from '../support/internals.js';
import type { Operation } from '../support/openapi.js';
import { findAccessProblem } from './access-check.js';
import { accessRequests, corpusRequests } from './corpus.js';
import type { Credential } from './credentials.js';
import { RequestGenerator, send, toCurl, type FuzzRequest, type FuzzResponse } from './http-requests.js';
import { WEBHOOK_URL } from './known-resources.js';
import type { SenderContext } from './sender.js';
import { ValueGenerator } from './values.js';

const PARALLEL_REQUESTS = 4;
/** A pause keeps a machine with two processors below saturation: good orders must be processed in time. */
const PAUSE_MS = 10;

/** Sends requests to every operation of the API, from clients in parallel. */
export async function sendRequests(context: SenderContext): Promise<void> {
  const agent = new Agent({ keepAlive: true, maxSockets: PARALLEL_REQUESTS * 2 });
  const clients = Array.from({ length: PARALLEL_REQUESTS }, (_, index) =>
    new HttpClient(context, agent, index).run(),
  );
  await Promise.all(clients);
  agent.destroy();
}

/** One of the clients. Each has its part of the corpus, and random input of its own. */
class HttpClient {
  private readonly random: Random;
  private readonly values: ValueGenerator;
  private customers = 0;
  /** Who sends the next request. */
  private credential: Credential;

  constructor(
    private readonly context: SenderContext,
    private readonly agent: Agent,
    private readonly index: number,
  ) {
    this.random = new Random(context.seed * 10 + index);
    this.credential = context.credentials.admin;
    this.values = new ValueGenerator(context.document, this.random, (field) => this.knownValue(field));
  }

  async run() {
    const { document, credentials, isOver } = this.context;
    const pathOf = ({ path }: Operation) =>
      path.replaceAll(/\{(\w+)\}/g, (_, name: string) => this.pathValue(path, name));
    const corpus = corpusRequests(document, this.values, pathOf);
    for (const credential of credentials.all) {
      this.credential = credential;
      corpus.push(...accessRequests(document, this.values, pathOf, credential));
    }
    for (const [position, request] of corpus.entries())
      if (position % PARALLEL_REQUESTS === this.index) await this.send(request);
    const generator = new RequestGenerator(this.random, this.values, (path, name) =>
      this.pathValue(path, name),
    );
    while (!isOver()) {
      const credential = (this.credential = credentials.pick(this.random));
      await this.send({ ...generator.generate(this.random.pick(document.operations)), credential });
      await sleep(PAUSE_MS);
    }
  }

  private knownValue(field: string): unknown {
    const { random, index } = this;
    const { productIds, orderIds } = this.context.known;
    const { email } = this.credential;
    // A customer can order for their own address only.
    if (field === 'email' && email !== undefined && random.next() < 0.7) return email;
    // The ledger expects one order for each address.
    if (field === 'email') return `fuzz-${index}-${++this.customers}@fuzz.example`;
    if (field === 'product_id') return random.pick(productIds);
    if (field === 'order_id') return random.pick(orderIds);
    if (field === 'method') return random.pick([...Object.keys(SIMULATED_METHODS), 'tok_unknown']);
    if (field === 'url') return WEBHOOK_URL;
    if (field === 'sku') return `FUZZ-${index}-${random.between(1, 1_000_000)}`;
    return undefined;
  }

  private pathValue(path: string, parameter: string): string {
    const { productIds, orderIds, apiKeyIds } = this.context.known;
    // Nobody with this address has ordered: the ledger expects a mail for each order.
    if (parameter === 'email') return `nobody-${this.random.between(1, 50)}@fuzz.example`;
    if (path.startsWith('/v1/api-keys')) return String(this.random.pick(apiKeyIds));
    if (path.startsWith('/v1/products')) return String(this.random.pick(productIds));
    if (path.startsWith('/v1/orders')) return String(this.random.pick(orderIds));
    return String(this.random.between(1, 50));
  }

  private async send({ credential = this.context.credentials.admin, ...unauthorized }: FuzzRequest) {
    const { header } = credential;
    const headers = { ...(header !== undefined && { authorization: header }), ...unauthorized.headers };
    const request = { ...unauthorized, headers, credential };
    const { operation } = request;
    const { injector, inputs, known, violations } = this.context;
    const curl = toCurl(request);
    try {
      const response = await send(injector.apps.url('api'), this.agent, request);
      inputs.record(operation.name, String(response.status), curl);
      inputs.record(credential.name, String(response.status), curl);
      const access = findAccessProblem(request, response);
      if (access) violations.add(`${credential.name}: ${access}`, curl, response.body.slice(0, 500));
      const problem = this.findProblem(request, response);
      if (problem) violations.add(`${operation.name}: ${problem}`, curl, response.body.slice(0, 500));
      if (operation.name === 'POST /v1/orders' && response.status === 202)
        known.orderIds.push((JSON.parse(response.body) as { id: number }).id);
      if (operation.name === 'POST /v1/api-keys' && response.status === 201)
        known.apiKeyIds.push((JSON.parse(response.body) as { id: number }).id);
    } catch (error) {
      // The server may close a connection instead of reading a body that it refuses.
      inputs.record(operation.name, 'connection closed', curl);
      if (/no response within/.test((error as Error).message))
        violations.add(`${operation.name}: no response`, curl, (error as Error).message);
    }
  }

  /** @returns what is wrong with a response, if anything */
  private findProblem(
    { operation, isDocumented, mustBeRefused }: FuzzRequest,
    { status, contentType, body, retryAfter }: FuzzResponse,
  ): string | undefined {
    if (mustBeRefused && status < 300) return 'accepted instead of refused';
    const isOverload = status === 503 && body.includes('"overloaded"') && retryAfter;
    if (status >= 500 && !isOverload) return `status ${status}`;
    const [internals] = status >= 400 ? findInternals(body) : [];
    if (internals) return `tells of ${internals}`;
    if (!isDocumented) return undefined;
    const answer = { status, contentType, retryAfter, body: parseBody(contentType, body) };
    const [deviation] = this.context.document.compare(operation.responses, answer);
    // Positions in lists differ from case to case.
    return deviation?.replaceAll(/\/\d+/g, '/#');
  }
}

/** @returns undefined if there is no body, and the text if it is not JSON */
function parseBody(contentType: string, text: string): unknown {
  if (contentType === '' && text === '') return undefined;
  if (!contentType.includes('json')) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
