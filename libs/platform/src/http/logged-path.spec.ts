import { loggedPath } from './logged-path.js';

describe('The path of a request in logs and traces', () => {
  it.each([
    ['/v1/orders/12?email=ana@example.com', '/v1/orders/12'],
    ['/v1/customers/ana@example.com/data', '/v1/customers/[address]/data'],
    ['/v1/customers/ana%40example.com/data?limit=2', '/v1/customers/[address]/data'],
    ['/v1/customers/a%2fb%40example.com/data', '/v1/customers/[address]/data'],
  ])('of %s is %s', (url, path) => {
    expect(loggedPath(url)).toBe(path);
  });
});
