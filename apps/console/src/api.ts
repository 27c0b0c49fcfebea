import { createClient, repeatWithKey } from '@estoque/client';
import { credential } from './session/credential.js';

/** The typed client of the API, with the credential of the session. */
export const api = createClient({ baseUrl: window.location.origin, token: credential });

/** A problem document of the API (RFC 9457). */
export interface Problem {
  type: string;
  title: string;
  status: number;
  code: string;
  detail: string;
  errors: { pointer?: string; parameter?: string; code: string; message: string }[];
}

/** The API refused a request. */
export class RequestRefused extends Error {
  constructor(readonly problem: Problem) {
    super(problem.detail);
    this.name = 'RequestRefused';
  }
}

/** @returns the data of the answer @throws RequestRefused */
export async function dataOf<Data>(request: Promise<{ data?: Data; error?: unknown }>): Promise<Data> {
  const { data, error } = await request;
  if (error !== undefined) throw new RequestRefused(error as Problem);
  return data as Data;
}

/**
 * Sends a change with an idempotency key, and repeats it if it gets no answer: the API carries it out once.
 *
 * @param send sends the request with this header
 * @throws RequestRefused
 */
export const change = <Data>(
  send: (header: {
    'Idempotency-Key': string;
  }) => Promise<{ data?: Data; error?: unknown; response: Response }>,
): Promise<Data> => dataOf(repeatWithKey((key) => send({ 'Idempotency-Key': key }), { maxAttempts: 3 }));
