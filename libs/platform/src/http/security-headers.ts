import helmet from 'helmet';
import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Headers of every answer (docs/adr/0029). The answers are JSON, so the policy forbids a browser everything else. The
 * pages of the api have a policy of their own. Headers that only affect pages in old browsers are left out.
 */
export const SECURITY_HEADERS: readonly (readonly [name: string, value: string])[] = [
  ['cache-control', 'no-store'],
  ...headersOf(
    helmet({
      contentSecurityPolicy: {
        useDefaults: false,
        directives: { 'default-src': ["'none'"], 'frame-ancestors': ["'none'"] },
      },
      xFrameOptions: { action: 'deny' },
      xDnsPrefetchControl: false,
      xDownloadOptions: false,
      xXssProtection: false,
      xPermittedCrossDomainPolicies: false,
    }),
  ),
];

/** Collects the headers once: they are the same for every answer, also for those that no framework sends. */
function headersOf(middleware: ReturnType<typeof helmet>) {
  const headers: [string, string][] = [];
  const collector = {
    setHeader: (name: string, value: string) => headers.push([name.toLowerCase(), value]),
    removeHeader: () => undefined,
  };
  middleware({} as IncomingMessage, collector as unknown as ServerResponse, (error) => {
    if (error) throw error as Error;
  });
  return headers;
}

export function setSecurityHeaders(response: ServerResponse) {
  for (const [name, value] of SECURITY_HEADERS) response.setHeader(name, value);
}
