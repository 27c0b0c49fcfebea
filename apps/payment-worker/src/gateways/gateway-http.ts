/** An answer of a gateway, or why there is none. */
export type HttpAnswer = { status: number; body: unknown } | { status: undefined; detail: string };

/** Sends a request with JSON. It does not throw: no answer in time is a result, too. */
export async function requestJson(
  url: string,
  timeoutMs: number,
  options: { method: string; body?: unknown } = { method: 'GET' },
): Promise<HttpAnswer> {
  try {
    const response = await fetch(url, {
      method: options.method,
      ...(options.body !== undefined && {
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(options.body),
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    return { status: response.status, body: await response.json() };
  } catch (error) {
    const { message, cause } = error as Error & { cause?: Error };
    return { status: undefined, detail: cause?.message ? `${message}: ${cause.message}` : message };
  }
}
