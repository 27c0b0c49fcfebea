import { Metrics, type Logger } from '@estoque/platform';
import type { FastifyRequest } from 'fastify';
import { AccessLog } from './access-log.js';

const request = {
  method: 'GET',
  routeOptions: { url: '/v1/orders/:id' },
  url: '/v1/orders/7?email=ana@example.com',
  headers: { authorization: 'Bearer secret' },
  ip: '192.0.2.7',
  caller: { id: 'key:12', email: 'ana@example.com' },
} as unknown as FastifyRequest;

describe('AccessLog', () => {
  const metrics = new Metrics();
  const warn = jest.fn();
  const log = new AccessLog(metrics, { warn } as unknown as Logger);
  let seconds = 100;
  const clock = jest.spyOn(performance, 'now').mockImplementation(() => seconds * 1_000);
  afterAll(() => clock.mockRestore());

  it('logs who was refused where, without credential, address of the customer and query', () => {
    log.refused(request, 403);
    expect(warn.mock.calls).toEqual([
      [
        { method: 'GET', route: '/v1/orders/:id', address: '192.0.2.7', caller: 'key:12', status: 403 },
        'access refused',
      ],
    ]);
  });

  it('counts all refusals, and logs at most ten of each second', async () => {
    for (let i = 0; i < 50; i++) log.refused(request, 401);
    expect(warn).toHaveBeenCalledTimes(10);
    seconds += 1;
    log.refused(request, 401);
    expect(warn).toHaveBeenCalledTimes(11);
    const text = await metrics.registry.metrics();
    expect(text).toContain('estoque_access_refused_total{status="401"} 51');
    expect(text).toContain('estoque_access_refused_total{status="403"} 1');
  });
});
