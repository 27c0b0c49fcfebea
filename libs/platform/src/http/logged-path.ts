/** @returns the path of a URL for logs and traces: without the query and e-mail addresses, which are personal data */
export const loggedPath = (url: string): string =>
  url.split('?')[0]!.replaceAll(/[^/]*(?:@|%40)[^/]*/gi, '[address]');
