import { EnvironmentError, environmentSchema, readEnvironment, SECRET_VARIABLES } from '@estoque/platform';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

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
    const files = SECRET_VARIABLES.map((name) => `${name}_FILE`);
    expect(listed.toSorted()).toEqual([...Object.keys(environmentSchema.shape), ...files].toSorted());
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

  const AUTH_ISSUER = 'https://login.example.com';
  const AUTH_AUDIENCE = 'estoque';
  const withoutAudience = 'AUTH_AUDIENCE is missing: AUTH_ISSUER and AUTH_JWKS_URL require it';
  const unprotected = 'must start with https:// in production, unless its host is this machine';
  it.each([
    ['an issuer without an audience', { AUTH_ISSUER }, withoutAudience],
    ['keys of an issuer without an audience', { AUTH_JWKS_URL: `${AUTH_ISSUER}/keys` }, withoutAudience],
    [
      'an issuer without encryption',
      { AUTH_ISSUER: 'http://login.example.com', AUTH_AUDIENCE },
      `AUTH_ISSUER ${unprotected}`,
    ],
    [
      'keys of an issuer without encryption',
      { AUTH_ISSUER, AUTH_AUDIENCE, AUTH_JWKS_URL: 'http://login.example.com/keys' },
      `AUTH_JWKS_URL ${unprotected}`,
    ],
  ])('do not permit %s in production', (_name, variables, problem) => {
    expect(findProblems({ ...validEnvironment, ENV: 'production', ...variables })).toEqual([problem]);
  });
});

describe('Secrets', () => {
  const folder = mkdtempSync(join(tmpdir(), 'estoque-secrets-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const { DATABASE_URL, ...withoutDatabase } = validEnvironment;
  const fileWith = (contents: string) => {
    const file = join(folder, 'secret');
    writeFileSync(file, contents);
    return file;
  };

  it('are all variables whose value can contain a password or a token', () => {
    const names = Object.keys(environmentSchema.shape).filter((name) =>
      /URL|HEADERS|PASSWORD|TOKEN|SECRET|API_KEY/.test(name),
    );
    // Addresses that must not contain a password.
    const withoutPassword = ['AUTH_JWKS_URL', 'PAYMENT_GATEWAY_URL', 'TRACE_URL'];
    expect(names.filter((name) => !withoutPassword.includes(name)).toSorted()).toEqual(
      SECRET_VARIABLES.toSorted(),
    );
  });

  it.each(['', '\n', '\r\n'])('are read from files, without the newline at the end (%j)', (newline) => {
    const environment = { ...withoutDatabase, DATABASE_URL_FILE: fileWith(DATABASE_URL + newline) };
    expect(readEnvironment(['DATABASE_URL'], environment).DATABASE_URL).toBe(DATABASE_URL);
    const broker = { DATABASE_URL, RABBITMQ_URL_FILE: fileWith(`amqp://a,amqps://b${newline}`) };
    expect(readEnvironment([], broker).RABBITMQ_URL).toEqual(['amqp://a', 'amqps://b']);
  });

  it('that are set in both ways, or whose file cannot be read, are reported without path and contents', () => {
    const problem = (file: string) => findProblems({ ...withoutDatabase, DATABASE_URL_FILE: file });
    expect(findProblems({ ...validEnvironment, DATABASE_URL_FILE: fileWith(DATABASE_URL) })).toEqual([
      'DATABASE_URL and DATABASE_URL_FILE are both set: set only one of them',
    ]);
    expect(problem(DATABASE_URL)).toEqual(['DATABASE_URL_FILE names a file that cannot be read (ENOENT)']);
    expect(problem(folder)).toEqual(['DATABASE_URL_FILE names a file that cannot be read (EISDIR)']);
    expect(problem(fileWith('\n'))).toEqual(['DATABASE_URL_FILE names an empty file']);
    expect(problem(fileWith('mysql://user:password@db'))).toEqual([
      'DATABASE_URL must be a URL that starts with postgres:// or postgresql://',
    ]);
    const required = { ...validEnvironment, SMTP_URL_FILE: join(folder, 'missing'), PORT: 'x' };
    expect(findProblems(required, ['SMTP_URL'])).toEqual([
      'SMTP_URL_FILE names a file that cannot be read (ENOENT)',
      'PORT must be a whole number',
    ]);
  });

  it('that are set in one way may be empty in the other', () => {
    const file = fileWith(DATABASE_URL);
    for (const environment of [
      { ...validEnvironment, DATABASE_URL_FILE: '' },
      { ...withoutDatabase, DATABASE_URL: '', DATABASE_URL_FILE: file },
    ])
      expect(readEnvironment([], environment).DATABASE_URL).toBe(DATABASE_URL);
  });
});

describe('Addresses that are logged', () => {
  it.each(['AUTH_ISSUER', 'AUTH_JWKS_URL', 'OTEL_EXPORTER_OTLP_ENDPOINT'])(
    'must not contain a password: %s',
    (name) => {
      const identity = { AUTH_ISSUER: 'https://issuer.example', AUTH_AUDIENCE: 'estoque' };
      const environment = { ...validEnvironment, ...identity, [name]: 'https://user:secret@server.example' };
      expect(findProblems(environment)).toEqual([`${name} must not contain a user name or a password`]);
    },
  );
});

describe('The address of a trace', () => {
  it.each([
    'javascript:alert("{trace_id}")',
    'data:text/html,{trace_id}',
    'https://{trace_id}.example',
    'https://user:secret@jaeger.example/trace/{trace_id}',
    'https://jaeger.example/trace/',
    '/trace/{trace_id}',
  ])('must be a page of a server that has a place for the id: %s', (TRACE_URL) => {
    expect(findProblems({ ...validEnvironment, TRACE_URL })).toEqual([
      expect.stringMatching(/^TRACE_URL must /),
    ]);
  });

  it('can contain the id anywhere behind the host', () => {
    const TRACE_URL = 'http://127.0.0.1:16686/search?id={trace_id}';
    expect(readEnvironment([], { ...validEnvironment, TRACE_URL })).toMatchObject({ TRACE_URL });
  });
});

describe('Settings of the HTTP server', () => {
  it.each([
    ['CORS_ORIGINS', 'https://shop.example,http://127.0.0.1:5173', true],
    ['CORS_ORIGINS', '*', false],
    ['CORS_ORIGINS', 'null', false],
    ['CORS_ORIGINS', 'shop.example', false],
    ['CORS_ORIGINS', 'https://shop.example/', false],
    ['CORS_ORIGINS', 'https://SHOP.example', false],
    ['CORS_ORIGINS', 'https://shop.example:443', false],
    ['CORS_ORIGINS', 'https://*.shop.example', false],
    ['TRUST_PROXY', '127.0.0.1, 10.0.0.0/8,::1,fd00::/8', true],
    ['TRUST_PROXY', '1', false],
    ['TRUST_PROXY', 'true', false],
    ['TRUST_PROXY', 'proxy.example', false],
    ['TRUST_PROXY', '10.0.0.0/33', false],
    ['TRUST_PROXY', '10.0.0.0/8/8', false],
    ['TRUST_PROXY', '0.0.0.0/0', false],
  ])('%s=%s is checked: %s', (name, value, isValid) => {
    const problems = findProblems({ ...validEnvironment, [name]: value });
    expect(problems).toEqual(isValid ? [] : [expect.stringMatching(new RegExp(`^${name} must be `))]);
  });
});
