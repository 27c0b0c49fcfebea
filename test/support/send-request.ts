/** An answer of the API, with everything that a client can compare. */
export interface Answer {
  status: number;
  /** Without those that are different for each answer. */
  headers: Record<string, string>;
  text: string;
}

interface Options {
  method?: string;
  /** API key or token; without it, the request has no header `Authorization`. */
  credential?: string;
  /** Sent as JSON. */
  body?: unknown;
  headers?: Record<string, string>;
}

/** Sends a request. @param url with scheme and host */
export async function sendRequest(
  url: string,
  { method = 'GET', credential, body, headers = {} }: Options = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: {
      ...(credential !== undefined && { authorization: `Bearer ${credential}` }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
      ...headers,
    },
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const answerHeaders = Object.fromEntries(response.headers);
  delete answerHeaders.date;
  delete answerHeaders.ratelimit;
  return { status: response.status, headers: answerHeaders, text: await response.text() };
}

/** @returns the body of an answer that is JSON */
export const bodyOf = <Body>({ text }: Answer) => JSON.parse(text) as Body;
