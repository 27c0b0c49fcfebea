import { prettyFactory } from 'pino-pretty';
import { AppError } from '../errors/app.errors.js';
import { createLogger, PRETTY_OPTIONS, NestLogger, type Logger } from './logger.js';

/** Returns the lines that `write` logs, parsed. */
function captureLines(write: (logger: Logger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  write(createLogger('test', { LOG_LEVEL: 'debug' }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ana = { name: 'Ana Souza', email: 'ana.souza+shop@example.com' };

describe('A log line', () => {
  it('contains the app, the level, the message and the fields', () => {
    const [line] = captureLines((logger) =>
      logger.info({ order_id: 12, took: { ms: 1.5 }, at: new Date(0) }, 'handled'),
    );
    expect(line).toMatchObject({
      app: 'test',
      level: 30,
      msg: 'handled',
      order_id: 12,
      took: { ms: 1.5 },
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  const failure = Object.assign(new Error(`refused:\n${ana.email} is unknown`), {
    code: '23505',
    detail: `Failing row contains (1, ${ana.name}, ${ana.email})`,
    parameters: [ana.name],
    driverError: { parameters: [ana.name] },
  });
  it.each<[source: string, write: (logger: Logger) => void]>([
    ['an order', (logger) => logger.info({ order: { id: 1, customer: ana } }, 'placed')],
    [
      'a database row',
      (logger) => logger.info({ rows: [{ customer_name: ana.name, customer_email: ana.email }] }, 'read'),
    ],
    ['a body', (logger) => logger.info({ body: JSON.stringify({ customer: ana }) }, 'received')],
    ['a mail', (logger) => logger.info({ mail: { to: ana.name, recipient: ana.email } }, 'mail sent')],
    ['a database error', (logger) => logger.error({ err: failure }, 'failed')],
    ['a database error in a nested field', (logger) => logger.error({ deep: { cause: failure } }, 'failed')],
    ['an error as the only argument', (logger) => logger.error(failure)],
    [
      'a reason',
      (logger) => logger.warn({ reason: `550 <${ana.email}>: not here` }, 'mail failed permanently'),
    ],
    ['the message', (logger) => logger.warn(`no mail for ${ana.email}`)],
    [
      'an error of the framework',
      (logger) => new NestLogger(logger).error({ customer: ana, cause: failure }),
    ],
    ['an AppError', (logger) => logger.warn({ err: new AppError('invalid', 'x', `to ${ana.email}`) }, 'x')],
  ])('contains no personal data from %s', (_source, write) => {
    const [line] = captureLines(write);
    expect(line).toBeDefined();
    expect(JSON.stringify(line)).not.toMatch(/Souza|example\.com/);
  });

  it('keeps paths, and the code and stack of an error', () => {
    const path = '/app/node_modules/@nestjs/core/index.js';
    const [line] = captureLines((logger) => logger.error({ err: failure, path }, 'failed'));
    expect(line).toMatchObject({ path, err: { name: 'Error', code: '23505' } });
    expect((line!.err as Error).message).toBe('refused:\n[address] is unknown');
    expect((line!.err as Error).stack).toContain('logger.spec.ts');
  });

  it.each(['secret', "s(e,c;r=e'ts", 's'.repeat(200)])('redacts the password %s of a URL', (password) => {
    const [line] = captureLines((logger) =>
      logger.error({ reason: `connect "amqp://estoque:${password}@mq:5672"\nnow` }, 'x'),
    );
    expect(line!.reason).toBe('connect "amqp://[address]:5672"\nnow');
  });

  it('is formatted in a terminal: time, level, app, message, and the fields below', () => {
    const [line] = captureLines((logger) => logger.warn({ order_id: 12, outcome: 'done' }, 'handled'));
    const pretty = prettyFactory({ ...PRETTY_OPTIONS, colorize: false });
    expect(pretty(line!)).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: test: handled\n {4}order_id: 12\n {4}outcome: "done"\n$/,
    );
  });
});
