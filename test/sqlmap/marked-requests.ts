import { WEBHOOK_URL, type KnownResources } from '../fuzz/known-resources.js';
import { ValueGenerator } from '../fuzz/values.js';
import { Random } from '../faults/random.js';
import { CUSTOMER_EMAIL } from '../support/credentials.js';
import type { ApiDocument, Operation } from '../support/openapi.js';

/** An HTTP request as text. sqlmap replaces the value that a `*` follows. */
export interface MarkedRequest {
  /** Operation and parameter: `GET /v1/orders query status` */
  name: string;
  text: string;
}

interface Target {
  /** Address of the API. */
  url: string;
  /** API key of an admin, who reaches every operation. */
  key: string;
  known: KnownResources;
  document: ApiDocument;
}

/** @returns a request for each parameter, header and field of each operation, in which this one is marked */
export function markedRequests(target: Target): MarkedRequest[] {
  return [
    ...target.document.operations.flatMap((operation) => requestsOf(operation, target)),
    {
      name: 'GET /v1/orders header Authorization',
      text: requestText(target, { method: 'GET', path: '/v1/orders', key: `${target.key}*` }),
    },
  ];
}

function requestsOf(operation: Operation, target: Target): MarkedRequest[] {
  const { method, parameters } = operation;
  const values = new ValueGenerator(target.document, new Random(1), (field) =>
    knownValue(field, target.known),
  );
  const body = operation.body && (values.valid(operation.body) as Record<string, unknown>);
  const path = pathOf(operation, target.known);
  const request = (kind: string, name: string, changes: Partial<RequestParts>) => ({
    name: `${operation.name} ${kind} ${name}`,
    text: requestText(target, { method, path, body, ...changes }),
  });
  return [
    ...parameters.map(({ name, in: location, schema }) => {
      const value = values.valid(schema, name);
      if (location === 'path') return request('path', name, { path: pathOf(operation, target.known, name) });
      if (location === 'query')
        return request('query', name, { path: `${path}?${name}=${encodeURIComponent(String(value))}*` });
      return request('header', name, { headers: { [name]: `${String(value)}*` } });
    }),
    ...leavesOf(body).map((leaf) => request('body', leaf.join('/'), { body: markLeaf(body, leaf) })),
  ];
}

function knownValue(field: string, { productIds }: KnownResources) {
  if (field === 'product_id') return productIds[0];
  return field === 'url' ? WEBHOOK_URL : undefined;
}

/** @param marked name of the parameter that gets a mark */
function pathOf({ path }: Operation, { productIds, orderIds, apiKeyIds }: KnownResources, marked?: string) {
  const id =
    [
      { prefix: '/v1/products', ids: productIds },
      { prefix: '/v1/orders', ids: orderIds },
      { prefix: '/v1/api-keys', ids: apiKeyIds },
    ].find(({ prefix }) => path.startsWith(prefix))?.ids[0] ?? 1;
  return path.replaceAll(
    /\{(\w+)\}/g,
    (_match, name: string) => `${name === 'email' ? CUSTOMER_EMAIL : id}${name === marked ? '*' : ''}`,
  );
}

/** @returns the paths of all values in a JSON value that are neither an object nor a list */
function leavesOf(value: unknown, path: string[] = []): string[][] {
  if (value === undefined) return [];
  if (typeof value !== 'object' || value === null) return [path];
  return Object.entries(value).flatMap(([name, field]) => leavesOf(field, [...path, name]));
}

function markLeaf(value: unknown, [name, ...rest]: string[]): unknown {
  if (name === undefined) return `${String(value)}*`;
  const copy = structuredClone(value) as Record<string, unknown>;
  copy[name] = markLeaf(copy[name], rest);
  return copy;
}

interface RequestParts {
  method: string;
  path: string;
  key?: string;
  headers?: Record<string, string>;
  body?: unknown;
}

function requestText({ url, key }: Target, parts: RequestParts): string {
  const lines = [
    `${parts.method} ${parts.path} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    `Authorization: Bearer ${parts.key ?? key}`,
    ...Object.entries(parts.headers ?? {}).map(([name, value]) => `${name}: ${value}`),
    ...(parts.body === undefined ? [] : ['Content-Type: application/json']),
  ];
  return `${lines.join('\r\n')}\r\n\r\n${parts.body === undefined ? '' : JSON.stringify(parts.body)}`;
}
