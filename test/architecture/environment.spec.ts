import { EnvironmentError, environmentSchema, readEnvironment } from '@estoque/platform';
import { readFileSync } from 'node:fs';

const validEnvironment = { DATABASE_URL: 'postgresql://u:p@db/estoque', RABBITMQ_URL: 'amqp://mq' };

function findProblems(
  environment: Record<string, string>,
  required: Parameters<typeof readEnvironment>[0] = [],
) {
  try {
    readEnvironment(required, environment);
    return [];
  } catch (error) {
    if (error instanceof EnvironmentError) return error.problems;
    throw error;
  }
}

describe('Environment variables', () => {
  it('are all listed in .env.example', () => {
    const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^([A-Z_]+)=/gm)].map(
      ([, name]) => name,
    );
    expect(listed.toSorted()).toEqual(Object.keys(environmentSchema.shape).toSorted());
  });

  it('default to ENV=production, and an empty variable counts as unset', () => {
    expect(readEnvironment([], { ...validEnvironment, PORT: '', ENV: '' })).toMatchObject({
      ENV: 'production',
      PREFETCH: 200,
    });
  });

  it('are reported with one line for each problem', () => {
    expect(findProblems({ RABBITMQ_URL: 'http://mq', PORT: '70000', ENV: 'test' }, ['SMTP_URL'])).toEqual([
      'ENV must be development or production',
      'DATABASE_URL is missing',
      'RABBITMQ_URL must be a URL that starts with amqp:// or amqps://',
      'PORT must be from 0 to 65535',
      'SMTP_URL is missing',
    ]);
  });
});
