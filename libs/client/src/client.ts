import createFetchClient, {
  type Client as FetchClient,
  type ClientOptions as FetchClientOptions,
} from 'openapi-fetch';
import type { paths } from './contract.js';

/** Has a method for each HTTP method: `client.GET(path, ...)`. The paths, parameters, bodies and answers are typed. */
export type Client = FetchClient<paths>;

/** All options of openapi-fetch, for example `headers` and `fetch`, and: */
export interface ClientOptions extends FetchClientOptions {
  /** Address of the API, without `/v1`. */
  baseUrl: string;
  /**
   * An access token or an API key, sent as `Authorization: Bearer` by requests that have no header `Authorization` of their
   * own. A function is called before each request: it can replace a token that expires.
   */
  token?: string | (() => string | Promise<string>);
}

/** A failed request was answered without a problem document: not by the API, but for example by a proxy in front of it. */
export class UnexpectedAnswer extends Error {
  constructor(readonly response: Response) {
    super(`The answer has the status ${response.status} and no problem document.`);
    this.name = 'UnexpectedAnswer';
  }
}

/**
 * Creates a client of the API. A request resolves with `data`, or with the problem document in `error`. It rejects if it
 * gets no answer, if `token` rejects, and with `UnexpectedAnswer`.
 */
export function createClient({ token, ...options }: ClientOptions): Client {
  const client = createFetchClient<paths>(options);
  client.use({
    async onRequest({ request }) {
      if (token === undefined || request.headers.has('authorization')) return;
      request.headers.set('authorization', `Bearer ${typeof token === 'function' ? await token() : token}`);
    },
    onResponse({ response }) {
      const type = response.headers.get('content-type');
      if (!response.ok && !type?.startsWith('application/problem+json')) throw new UnexpectedAnswer(response);
    },
  });
  return client;
}
