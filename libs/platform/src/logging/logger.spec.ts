import { prettyFactory } from 'pino-pretty';
import { AppError } from '../errors/app.errors.js';
import { createLogger, FOR_PEOPLE, NestLogger, type Logger } from './logger.js';

/** What is said under `tell`, line by line. */
function linesOf(tell: (logger: Logger) => void): Record<string, unknown>[] {
  const lines: string[] = [];
  tell(createLogger('test', { LOG_LEVEL: 'debug' }, { write: (line) => void lines.push(line) }));
  return lines.map((line) => JSON.parse(line) as Record<string, unknown>);
}

const ana = { name: 'Ana Souza', email: 'ana.souza+shop@example.com' };

describe('A log line', () => {
  it('tells what it is told', () => {
    const [line] = linesOf((logger) =>
      logger.info({ order_id: 12, took: { ms: 1.5 }, at: new Date(0) }, 'handled'),
    );
    expect(line).toMatchObject({
      ...{ app: 'test', level: 30, msg: 'handled', order_id: 12, took: { ms: 1.5 } },
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  const failure = Object.assign(new Error(`refused:\n${ana.email} is unknown`), {
    code: '23505',
    detail: `Failing row contains (1, ${ana.name}, ${ana.email})`,
    parameters: [ana.name],
    driverError: { parameters: [ana.name] },
  });
  it.each<[string, (logger: Logger) => void]>([
    ['an order', (logger) => logger.info({ order: { id: 1, customer: ana } }, 'placed')],
    [
      'a row',
      (logger) => logger.info({ rows: [{ customer_name: ana.name, customer_email: ana.email }] }, 'read'),
    ],
    ['a body', (logger) => logger.info({ body: JSON.stringify({ customer: ana }) }, 'received')],
    ['a mail', (logger) => logger.info({ mail: { to: ana.name, recipient: ana.email } }, 'mail sent')],
    ['an error of the database', (logger) => logger.error({ err: failure }, 'failed')],
    ['the same under another name', (logger) => logger.error({ deep: { cause: failure } }, 'failed')],
    ['an error by itself', (logger) => logger.error(failure)],
    ['a reason', (logger) => logger.warn({ reason: `550 <${ana.email}>: not here` }, 'mail refused')],
    ['the message', (logger) => logger.warn(`no mail for ${ana.email}`)],
    ["the framework's words", (logger) => new NestLogger(logger).error({ customer: ana, cause: failure })],
    [
      'an error of ours',
      (logger) => logger.warn({ err: new AppError('invalid', 'x', `to ${ana.email}`) }, 'x'),
    ],
  ])('tells nothing of people: %s', (_what, tell) => {
    const [line] = linesOf(tell);
    expect(line).toBeDefined();
    expect(JSON.stringify(line)).not.toMatch(/Souza|example\.com/);
  });

  it('keeps what is no address: paths, the code and the stack of an error', () => {
    const path = '/app/node_modules/@nestjs/core/index.js';
    const [line] = linesOf((logger) => logger.error({ err: failure, path }, 'failed'));
    expect(line).toMatchObject({ path, err: { name: 'Error', code: '23505' } });
    expect((line!.err as Error).message).toBe('refused:\n[address] is unknown');
    expect((line!.err as Error).stack).toContain('logger.spec.ts');
  });

  it('keeps the password of a URL to itself', () => {
    const [line] = linesOf((logger) =>
      logger.error({ reason: 'connect amqp://estoque:secret@mq:5672' }, 'x'),
    );
    expect(line!.reason).toBe('connect amqp://estoque:[address]:5672');
  });

  it('is for people in a terminal: the time, who, what, and the rest below it', () => {
    const [line] = linesOf((logger) => logger.warn({ order_id: 12, outcome: 'done' }, 'handled'));
    const pretty = prettyFactory({ ...FOR_PEOPLE, colorize: false });
    expect(pretty(line!)).toMatch(
      /^\[\d\d:\d\d:\d\d\.\d{3}\] WARN: test: handled\n {4}order_id: 12\n {4}outcome: "done"\n$/,
    );
  });
});
