import { applyDecorators, Header } from '@nestjs/common';
import { ApiExtension, ApiOperation } from '@nestjs/swagger';

interface Retirement {
  /** Day from which the route is deprecated, as YYYY-MM-DD, UTC. It may be in the future. */
  since: string;
  /** First day on which the route may be removed, as YYYY-MM-DD, UTC. */
  sunset: string;
}

/**
 * Announces that a route will be removed: its answers have the headers Deprecation (RFC 9745) and Sunset (RFC 8594), and
 * its operation is `deprecated` in the OpenAPI document. How a route is retired: docs/api-contract.md.
 */
export function Deprecated({ since, sunset }: Retirement) {
  const [from, until] = [Date.parse(`${since}T00:00:00Z`), Date.parse(`${sunset}T00:00:00Z`)];
  if (!(from < until)) throw new Error(`The sunset ${sunset} is not after the deprecation ${since}.`);
  return applyDecorators(
    Header('Deprecation', `@${from / 1_000}`),
    Header('Sunset', new Date(until).toUTCString()),
    // Without an explicit undefined, the summary would be set to an empty text.
    ApiOperation({ deprecated: true, summary: undefined }),
    ApiExtension('x-sunset', sunset),
  );
}
