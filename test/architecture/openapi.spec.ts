import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

describe('docs/openapi.json', () => {
  it('is what the API serves today (else: npm run docs)', () => {
    const { stdout } = spawnSync(process.execPath, ['dist/apps/api/src/http/write-openapi.js'], {
      encoding: 'utf8',
    });
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync('docs/openapi.json', 'utf8')));
  });

  it("passes redocly's recommended rules", () => {
    const args = ['node_modules/@redocly/cli/bin/cli.js', 'lint', 'docs/openapi.json', '--format=stylish'];
    const env = { ...process.env, REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
    const { status, stdout, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8', env });
    expect({ status, problems: status === 0 ? '' : stdout + stderr }).toEqual({ status: 0, problems: '' });
  });
});
