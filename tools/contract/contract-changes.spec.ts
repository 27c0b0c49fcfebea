import { findBreakingChanges } from './contract-changes.js';
import type { OpenApi, Schema } from './document.js';

const json = (schema: Schema) => ({ 'application/json': { schema } });
const ref = (name: string): Schema => ({ $ref: `#/components/schemas/${name}` });
const text: Schema = { type: 'string' };

/** A document with one operation that lists orders and one that places them. */
const released = () => ({
  openapi: '3.0.0',
  info: { version: '1.0.0' },
  paths: {
    '/v1/orders': {
      get: {
        operationId: 'listOrders',
        'x-required-scope': 'orders:read',
        'x-customers': 'own',
        parameters: [
          {
            name: 'limit',
            in: 'query',
            required: false,
            schema: { type: 'integer', maximum: 100 } as Schema,
          },
          { name: 'X-Trace', in: 'header', required: false, schema: text },
        ],
        responses: { '200': { content: json({ type: 'array', items: ref('Order') }) } },
      },
      post: {
        operationId: 'placeOrder',
        requestBody: { required: false, content: json(ref('Order')) },
        responses: {
          '202': { headers: { Location: { schema: text } }, content: json(ref('Order')) },
          '404': { content: json({ type: 'object' }) },
        },
      },
    },
  },
  components: { schemas: { Order: { type: 'object', properties: { id: text } } as Schema } },
});
type Released = ReturnType<typeof released>;

const TODAY = '2026-06-15';
const breaksBetween = (before: unknown, after: unknown) =>
  findBreakingChanges(before as OpenApi, after as OpenApi, TODAY);
const changed = (change: (document: Released) => unknown) => {
  const document = released();
  change(document);
  return document;
};
const list = ({ paths }: Released) => paths['/v1/orders'].get;
const place = ({ paths }: Released) => paths['/v1/orders'].post;
const remove = (object: object, name: string) => Reflect.deleteProperty(object, name);

describe('Two documents of the API', () => {
  it.each<[change: string, apply: (document: Released) => unknown, breaks: string[]]>([
    [
      'a removed path',
      (d) => (d.paths = {} as never),
      ['GET /v1/orders is removed', 'POST /v1/orders is removed'],
    ],
    ['a removed operation', ({ paths }) => remove(paths['/v1/orders'], 'get'), ['GET /v1/orders is removed']],
    [
      'another operationId',
      (d) => (list(d).operationId = 'orders'),
      ['GET /v1/orders: operationId changed from listOrders to orders'],
    ],
    [
      'a removed parameter',
      (d) => list(d).parameters.shift(),
      ['GET /v1/orders: query parameter limit is removed'],
    ],
    [
      'a new required parameter',
      (d) => list(d).parameters.push({ name: 'email', in: 'query', required: true, schema: text }),
      ['GET /v1/orders: query parameter email is added and required'],
    ],
    [
      'a parameter made required',
      (d) => (list(d).parameters[0]!.required = true),
      ['GET /v1/orders: query parameter limit is now required'],
    ],
    [
      'a narrower parameter',
      (d) => (list(d).parameters[0]!.schema = { type: 'integer', maximum: 50 }),
      ['GET /v1/orders: query parameter limit: the value: maximum changed from 100 to 50'],
    ],
    [
      'a removed request body',
      (d) => remove(place(d), 'requestBody'),
      ['POST /v1/orders: the request body is removed'],
    ],
    [
      'a request body made required',
      (d) => (place(d).requestBody.required = true),
      ['POST /v1/orders: the request body is now required'],
    ],
    [
      'a new required request body',
      (d) => Object.assign(list(d), { requestBody: { required: true, content: json(text) } }),
      ['GET /v1/orders: the request body is now required'],
    ],
    [
      'another media type of requests',
      (d) => Object.assign(place(d).requestBody, { content: { 'text/plain': { schema: text } } }),
      ['POST /v1/orders: request body: application/json is removed'],
    ],
    [
      'a removed status',
      (d) => remove(place(d).responses, '404'),
      ['POST /v1/orders: answer 404 is removed'],
    ],
    [
      'another media type of answers',
      (d) => Object.assign(place(d).responses[404], { content: { 'text/plain': { schema: text } } }),
      ['POST /v1/orders: answer 404: application/json is removed'],
    ],
    [
      'no body of answers',
      (d) => remove(place(d).responses[404], 'content'),
      ['POST /v1/orders: answer 404: application/json is removed'],
    ],
    [
      'a removed header',
      (d) => remove(place(d).responses[202].headers, 'Location'),
      ['POST /v1/orders: answer 202: header Location is removed'],
    ],
    [
      'a header of another type',
      (d) => (place(d).responses[202].headers.Location.schema = { type: 'integer' }),
      ['POST /v1/orders: answer 202: header Location: the value: type changed from "string" to "integer"'],
    ],
    [
      'a change of a component that requests and answers have',
      (d) => (d.components.schemas.Order.properties = { id: { type: 'integer' } }),
      [
        'GET /v1/orders: answer 200: /*/id: type changed from "string" to "integer"',
        'POST /v1/orders: request body: /id: type changed from "string" to "integer"',
        'POST /v1/orders: answer 202: /id: type changed from "string" to "integer"',
      ],
    ],
    [
      'a field that a component requires now',
      (d) => (d.components.schemas.Order.required = ['id']),
      ['POST /v1/orders: request body: /id is now required'],
    ],
    [
      'another required scope',
      (d) => Object.assign(list(d), { 'x-required-scope': 'admin' }),
      ['GET /v1/orders: the required scope changed from orders:read to admin'],
    ],
    [
      'a new required scope',
      (d) => Object.assign(place(d), { 'x-required-scope': 'admin' }),
      ['POST /v1/orders: the required scope changed from none to admin'],
    ],
    [
      'an operation that customers may not call any more',
      (d) => Object.assign(list(d), { 'x-customers': 'none' }),
      ['GET /v1/orders: customers may no longer call it'],
    ],
  ])('are incompatible after %s', (_change, apply, breaks) => {
    expect(breaksBetween(released(), changed(apply))).toEqual(breaks);
  });

  it.each<[change: string, apply: (document: Released) => unknown]>([
    ['no change', () => undefined],
    ['a new path', (d) => Object.assign(d.paths, { '/v1/products': { get: list(d) } })],
    ['a new operation', (d) => Object.assign(d.paths['/v1/orders'], { patch: place(d) })],
    ['a new status', (d) => Object.assign(list(d).responses, { 404: place(d).responses[404] })],
    ['a new header', (d) => Object.assign(place(d).responses[202].headers, { ETag: { schema: text } })],
    [
      'a new optional parameter',
      (d) => list(d).parameters.push({ name: 'email', in: 'query', required: false, schema: text }),
    ],
    ['no required scope', (d) => remove(list(d), 'x-required-scope')],
    ['an operation that customers may call', (d) => Object.assign(place(d), { 'x-customers': 'own' })],
    ['a header parameter in lower case', (d) => (list(d).parameters[1]!.name = 'x-trace')],
    ['a new optional request body', (d) => Object.assign(list(d), { requestBody: { content: json(text) } })],
    [
      'a new media type',
      (d) => Object.assign(place(d).requestBody.content, { 'text/csv': { schema: text } }),
    ],
    [
      'a renamed component',
      (d) => {
        Object.assign(d.components.schemas, { Basket: d.components.schemas.Order });
        place(d).requestBody.content = json(ref('Basket'));
      },
    ],
  ])('are compatible after %s', (_change, apply) => {
    expect(breaksBetween(released(), changed(apply))).toEqual([]);
  });

  it.each<[before: object[] | undefined, after: object[], isBroken: boolean]>([
    [undefined, [{ bearer: [] }], true],
    [undefined, [{ bearer: [] }, {}], false],
    [[{ bearer: [] }], [], false],
    [[{ bearer: [] }], [{ key: [] }], true],
    [[{ bearer: [] }], [{ key: [] }, { bearer: [] }], false],
    [[{ bearer: ['a'] }], [{ bearer: ['a', 'b'] }], true],
    [[{ bearer: ['a', 'b'] }], [{ bearer: ['b'] }], false],
    [[{ bearer: [] }, { key: [] }], [{ bearer: [] }], true],
  ])('with the security %j and %j are incompatible: %s', (before, after, isBroken) => {
    const breaks = breaksBetween(
      { ...released(), security: before },
      changed((d) => Object.assign(list(d), { security: after })),
    );
    expect(breaks.filter((change) => /^GET .* no longer suffices$/.test(change))).toHaveLength(
      isBroken ? 1 : 0,
    );
  });
});

describe('A deprecated operation', () => {
  const removed = changed((d) => remove(d.paths['/v1/orders'], 'get'));
  const deprecated = (sunset: string) =>
    changed((d) => Object.assign(list(d), { deprecated: true, 'x-sunset': sunset }));

  it('may be removed from its sunset on, and not before', () => {
    expect(breaksBetween(deprecated('2026-06-15'), removed)).toEqual([]);
    expect(breaksBetween(deprecated('2026-06-16'), removed)).toEqual([
      'GET /v1/orders is removed before its sunset on 2026-06-16',
    ]);
  });

  it('must have been released as deprecated', () => {
    const withSunsetOnly = changed((d) => Object.assign(list(d), { 'x-sunset': '2026-01-01' }));
    expect(breaksBetween(withSunsetOnly, removed)).toEqual(['GET /v1/orders is removed']);
  });

  it('may get a later sunset, and not an earlier one', () => {
    expect(breaksBetween(deprecated('2026-09-01'), deprecated('2026-10-01'))).toEqual([]);
    expect(breaksBetween(deprecated('2026-09-01'), deprecated('2026-08-01'))).toEqual([
      'GET /v1/orders: the sunset changed from 2026-09-01 to 2026-08-01',
    ]);
    expect(breaksBetween(released(), deprecated('2026-08-01'))).toEqual([]);
  });
});

describe('A reference', () => {
  it.each([
    ['to a schema that contains itself', ref('Order'), 'Order contains itself'],
    ['to nothing', ref('Nothing'), 'Nothing does not exist'],
  ])('%s is refused', (_target, items, message) => {
    const document = changed((d) => (d.components.schemas.Order.items = items));
    expect(() => breaksBetween(document, document)).toThrow(message);
  });
});
