import { InvalidCredential, toProblem } from '@estoque/platform';
import { fastify, type FastifyInstance } from 'fastify';
import { once } from 'node:events';
import { request, type IncomingMessage } from 'node:http';
import { json } from 'node:stream/consumers';
import { until } from '../../../../test/support/until.js';
import { restrictAccess } from './access.hook.js';
import type { Caller } from './caller.js';
import type { AccessConfig } from './requires.decorator.js';
import { grantsOf, type Role } from './scopes.js';

const callerWith = (role: Role): Caller => ({
  id: `user:${role}`,
  grants: grantsOf([role]),
  email: 'ana@example.com',
});

describe('The access hook', () => {
  let server: FastifyInstance;
  let url: string;
  let identified: string[];
  let refusals: [string | undefined, number][];
  let handled: { owner?: string }[];
  let caller: Caller;
  let identify: () => Caller | Promise<Caller>;
  beforeEach(async () => {
    [identified, refusals, handled] = [[], [], []];
    caller = callerWith('admin');
    identify = () => caller;
    server = fastify();
    server.setErrorHandler((error, _request, reply) => {
      const problem = toProblem(error);
      return reply.status(problem.status).send(problem);
    });
    restrictAccess(server, {
      identify: (credential) => {
        identified.push(credential);
        return identify();
      },
      onRefused: (request, status) => refusals.push([request.caller?.id, status]),
    });
    const route = (path: string, config: AccessConfig = {}) =>
      server.route({
        url: path,
        method: ['GET', 'POST'],
        config,
        handler: ({ owner }) => {
          handled.push({ owner });
          return {};
        },
      });
    route('/orders/:id', { scope: 'orders:read', isForCustomers: true });
    route('/dead-letters', { scope: 'operations:read' });
    route('/forgotten');
    for (const path of [
      '/health/ready',
      '/metrics',
      '/docs',
      '/docs/errors',
      '/openapi.json',
      '/metrics/other',
    ])
      route(path);
    url = await server.listen({ port: 0, host: '127.0.0.1' });
  });
  afterEach(() => server.close());

  /** Sends a request. @param headers names and values in turn; default: the credential `x` */
  async function send(path: string, headers = ['authorization', 'Bearer x'], method = 'GET') {
    const sent = request(url + path, { method, headers: ['host', 'shop.example', ...headers] });
    // Not ended: the answer must not wait for a body.
    sent.flushHeaders();
    const [response] = (await once(sent, 'response')) as [IncomingMessage];
    const { code } = (await json(response)) as { code?: string };
    sent.destroy();
    return { status: response.statusCode, code, challenge: response.headers['www-authenticate'] };
  }

  it('accepts a caller with the scope', async () => {
    expect(await send('/dead-letters')).toMatchObject({ status: 200 });
    expect(identified).toEqual(['x']);
  });

  it('accepts a caller who is identified later', async () => {
    identify = () => Promise.resolve(callerWith('operator'));
    expect(await send('/dead-letters')).toMatchObject({ status: 200 });
  });

  it('refuses every request at a route that declares no scope', async () => {
    expect(await send('/forgotten')).toMatchObject({ status: 500 });
    expect(await send('/forgotten', [])).toMatchObject({ status: 401 });
    expect(handled).toEqual([]);
  });

  it('refuses a caller without the scope, and names it', async () => {
    caller = callerWith('clerk');
    expect(await send('/dead-letters')).toEqual({
      status: 403,
      code: 'insufficient_scope',
      challenge: 'Bearer realm="estoque", error="insufficient_scope", scope="operations:read"',
    });
    await until('the refusal to be counted', () => refusals.length > 0);
    expect(refusals).toEqual([['user:clerk', 403]]);
    expect(handled).toEqual([]);
  });

  it('gives a customer the reach of their address, at a route for customers', async () => {
    caller = callerWith('customer');
    expect(await send('/orders/1')).toMatchObject({ status: 200 });
    expect(await send('/dead-letters')).toMatchObject({ status: 403 });
    caller = callerWith('clerk');
    await send('/orders/1');
    expect(handled).toEqual([{ owner: 'ana@example.com' }, { owner: undefined }]);
  });

  it('refuses a customer without a verified address', async () => {
    caller = { id: 'user:x', grants: grantsOf(['customer']) };
    expect(await send('/orders/1')).toMatchObject({ status: 403, code: 'email_not_verified' });
  });

  it.each([
    ['no credential', [], 'credential_missing'],
    ['another scheme', ['authorization', 'Basic YTpi'], 'invalid_credential'],
    ['no scheme', ['authorization', 'x'], 'invalid_credential'],
    ['an empty header', ['authorization', ''], 'invalid_credential'],
    ['an empty credential', ['authorization', 'Bearer '], 'invalid_credential'],
    ['two credentials in one header', ['authorization', 'Bearer x, Bearer x'], 'invalid_credential'],
    ['two headers', ['authorization', 'Bearer x', 'Authorization', 'Bearer x'], 'invalid_credential'],
    ['a credential with a space', ['authorization', 'Bearer x y'], 'invalid_credential'],
    ['a credential in the query', [], 'credential_missing', '?access_token=x'],
  ])('refuses %s without looking for a caller', async (_name, headers, code, query = '') => {
    expect(await send(`/dead-letters${query}`, headers)).toMatchObject({ status: 401, code });
    expect([identified, handled]).toEqual([[], []]);
    await until('the refusal to be counted', () => refusals.length > 0);
    expect(refusals).toEqual([[undefined, 401]]);
  });

  it.each([
    [
      'at once',
      () => {
        throw new InvalidCredential();
      },
    ],
    ['later', () => Promise.reject(new InvalidCredential())],
  ])('refuses an invalid credential that is found out %s', async (_name, work) => {
    identify = work;
    expect(await send('/dead-letters')).toMatchObject({ status: 401, code: 'invalid_credential' });
    expect(handled).toEqual([]);
  });

  it('refuses a request before its body has arrived', async () => {
    const headers = ['content-type', 'application/json', 'content-length', '9'];
    expect(await send('/dead-letters', headers, 'POST')).toMatchObject({ status: 401 });
  });

  it('requires no credential for health, metrics and documents, nor for a path that does not exist', async () => {
    const paths = ['/health/ready', '/metrics', '/docs', '/docs/errors', '/openapi.json'];
    for (const path of paths) expect(await send(path, [])).toMatchObject({ status: 200 });
    for (const path of ['/metrics/other', '/forgotten?x=/docs'])
      expect(await send(path, [])).toMatchObject({ status: 401 });
    expect(await send('/nothing', [])).toMatchObject({ status: 404 });
  });
});
