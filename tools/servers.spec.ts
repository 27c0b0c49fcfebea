import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readServerFiles, withoutServers } from './servers.js';

describe('Addresses of servers in the environment of the caller', () => {
  const folder = mkdtempSync(join(tmpdir(), 'estoque-servers-'));
  afterAll(() => rmSync(folder, { recursive: true }));
  const file = join(folder, 'url');
  const url = 'postgresql://estoque:secret@db/estoque';

  it('are read from files', () => {
    writeFileSync(file, `${url}\n`);
    const env = { DATABASE_URL_FILE: file, SMTP_URL: 'smtp://mail', OTHER_FILE: 'x' };
    expect(readServerFiles(env)).toEqual({ DATABASE_URL: url, SMTP_URL: 'smtp://mail', OTHER_FILE: 'x' });
  });

  it('are reported if a file cannot be read, all at once', () => {
    const missing = join(folder, 'missing');
    expect(() => readServerFiles({ DATABASE_URL_FILE: missing, RABBITMQ_URL_FILE: missing })).toThrow(
      'DATABASE_URL_FILE names a file that cannot be read (ENOENT)\nRABBITMQ_URL_FILE names a file that cannot be read (ENOENT)',
    );
  });

  it('are removed in both forms, and nothing else is', () => {
    expect(withoutServers({ DATABASE_URL: url, SMTP_URL_FILE: file, PATH: '/bin' })).toEqual({
      PATH: '/bin',
    });
  });
});
