import { createClient, type Client } from '@estoque/client';
import { apiKeyOf, authorization } from './credentials.js';
import { findInternals } from './internals.js';
import { ApiDocument } from './openapi.js';

const apiDocument = ApiDocument.readCommitted();

export interface ApiResponse<Body> {
  status: number;
  headers: Headers;
  body: Body;
}

export type RequestOptions = Omit<RequestInit, 'headers'> & { headers?: Record<string, string> };

/** Sends the requests of a test to one api, with the API key of an admin unless a request has another credential. */
export class TestClient {
  /** The typed client, for valid requests. @throws Error for an answer that the OpenAPI document does not describe */
  readonly typed: Client;

  constructor(private readonly url: string) {
    this.typed = createClient({
      baseUrl: url,
      token: apiKeyOf('admin'),
      fetch: async (request) => {
        const { pathname, search } = new URL(request.url);
        return checkAnswer(request.method, pathname + search, await fetch(request));
      },
    });
  }

  /**
   * Sends a request that the typed client may not allow.
   *
   * @param body a string is sent as it is, anything else as JSON
   * @throws Error if the OpenAPI document does not describe the answer
   */
  async request<Body>(
    method: string,
    path: string,
    body?: unknown,
    headers: Record<string, string> = {},
  ): Promise<ApiResponse<Body>> {
    const response = await this.fetch(path, {
      method,
      headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
      body: body === undefined || typeof body === 'string' ? body : JSON.stringify(body),
    });
    await checkAnswer(method, path, response);
    return { status: response.status, headers: response.headers, body: (await readBody(response)) as Body };
  }

  /** Sends a request without comparing its answer with the document. */
  fetch(path: string, { headers, ...options }: RequestOptions = {}): Promise<Response> {
    return fetch(this.url + path, { ...options, headers: { ...authorization(), ...headers } });
  }
}

/** @returns the answer @throws Error if the OpenAPI document does not describe it, or if it tells of internals */
async function checkAnswer(method: string, path: string, response: Response): Promise<Response> {
  if (!path.startsWith('/v1/')) return response;
  const answer = {
    status: response.status,
    contentType: response.headers.get('content-type'),
    retryAfter: response.headers.get('retry-after'),
    body: await readBody(response.clone()),
  };
  // Not by `expect`: programs that do not run in Jest send requests, too.
  const deviations = apiDocument.findDeviations(method, path, answer);
  if (deviations.length > 0)
    throw new Error(`${method} ${path} deviates from the OpenAPI document: ${JSON.stringify(deviations)}`);
  // Dead letters contain what a publisher sent, and the error for the operators.
  const internals = path.startsWith('/v1/dead-letters') ? [] : findInternals(await response.clone().text());
  if (internals.length > 0) throw new Error(`${method} ${path} tells of internals: ${internals.join(', ')}`);
  return response;
}

/** @returns the parsed body if it is JSON, otherwise its text; undefined if there is none */
async function readBody(response: Response): Promise<unknown> {
  const text = await response.text();
  if (!text) return undefined;
  return /[/+]json\b/.test(response.headers.get('content-type') ?? '') ? JSON.parse(text) : text;
}

/** @returns the data of an answer of the typed client @throws Error with the problem of a refused request */
export async function dataOf<Data>(
  answer: Promise<{ data?: Data; error?: { code: string }; response: Response }>,
): Promise<Data> {
  const { data, error, response } = await answer;
  if (data === undefined) throw new Error(`${response.url} is refused: ${JSON.stringify(error)}`);
  return data;
}
