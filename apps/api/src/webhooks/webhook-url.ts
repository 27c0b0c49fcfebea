import { isPublicAddress } from '@estoque/domain';
import { isIP } from 'node:net';
import { invalid } from '../http/validation.pipe.js';

/**
 * Checks the URL of an endpoint. A name is resolved and checked each time that an event is sent, because it can get another
 * address; an address is refused here already.
 *
 * @param isAllowed whether an address may be used although it is not public
 * @param mayUseHttp whether there are such addresses, to which http may be used
 * @returns the URL in its normal form
 * @throws AppError `validation_failed`
 */
export function checkedWebhookUrl(
  text: string,
  isAllowed: (address: string) => boolean,
  mayUseHttp: boolean,
): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const protocols = mayUseHttp ? ['https:', 'http:'] : ['https:'];
  if (!url || !protocols.includes(url.protocol))
    throw refused(`must be a URL that starts with ${protocols.map((name) => `${name}//`).join(' or ')}`);
  if (url.username !== '' || url.password !== '') throw refused('must not contain a user name or a password');
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !isAllowed(host) && !isPublicAddress(host))
    throw refused('must not have an address that is private, loopback, link-local or otherwise not public');
  url.hash = '';
  return url.href;
}

const refused = (message: string) => invalid([{ pointer: '/url', code: 'bad_format', message }]);
