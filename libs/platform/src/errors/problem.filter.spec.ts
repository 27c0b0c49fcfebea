import type { FastifyReply } from 'fastify';
import { AppError } from './app.errors.js';
import { sendProblem, toProblem } from './problem.filter.js';

/** Records what is sent. */
function fakeReply(headers: Record<string, unknown> = {}) {
  const reply = {
    headers,
    status: () => reply,
    hasHeader: (name: string) => name in headers,
    header: (name: string, value: unknown) => {
      headers[name] = value;
      return reply;
    },
    send: () => reply,
  };
  return reply;
}
const send = (error: unknown, headers?: Record<string, unknown>) => {
  const reply = fakeReply(headers);
  void sendProblem(reply as unknown as FastifyReply, toProblem(error));
  return reply.headers;
};

describe('A problem document', () => {
  const outage = Object.assign(new Error('shutdown'), { code: '57P01' });

  it.each([outage, new AppError('unavailable', 'row_locked', 'locked')])(
    'of a request that may be repeated says when: %s',
    (error) => expect(send(error)).toMatchObject({ 'retry-after': 2 }),
  );

  it('keeps the time that is set already', () =>
    expect(send(outage, { 'retry-after': 7 })).toMatchObject({ 'retry-after': 7 }));

  it('of a request that must not be repeated has no time', () =>
    expect(send(new AppError('invalid', 'x', 'x'))).not.toHaveProperty('retry-after'));

  it('of an outage says that nothing was stored', () =>
    expect(toProblem(outage)).toMatchObject({
      code: 'unavailable',
      detail: expect.stringMatching('Nothing was stored') as unknown,
    }));
});
