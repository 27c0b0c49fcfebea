import { spawnSync } from 'node:child_process';
import { pathToFileURL } from 'node:url';

const SCRIPT = `
  import { createRequire } from 'node:module';
  const { startTracing, stopTracing } = await import(process.argv[1]);
  await startTracing('test', JSON.parse(process.argv[2]), console);
  const loaded = Object.keys(createRequire(import.meta.url).cache);
  process.stdout.write(String(loaded.filter((file) => file.includes('/@opentelemetry/sdk-')).length > 0));
  await stopTracing();
`;

/** Whether a process with these environment variables loads the OpenTelemetry SDK. */
function loadsSdk(variables: Record<string, string>): boolean {
  const built = pathToFileURL('dist/libs/platform/src/tracing/tracing.js').href;
  const args = ['--input-type=module', '--eval', SCRIPT, built, JSON.stringify(variables)];
  const { stdout, stderr } = spawnSync(process.execPath, args, {
    encoding: 'utf8',
    env: { PATH: process.env.PATH, ...variables },
  });
  if (!/^(true|false)$/.test(stdout)) throw new Error(stderr || stdout);
  return stdout === 'true';
}

describe('Tracing', () => {
  it.each<[boolean, Record<string, string>]>([
    [false, {}],
    [false, { OTEL_TRACES_EXPORTER: 'none', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
    [true, { OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' }],
    [true, { OTEL_TRACES_EXPORTER: 'console' }],
  ])('loads the OpenTelemetry SDK only if it is enabled: %s with %j', (expected, variables) => {
    expect(loadsSdk(variables)).toBe(expected);
  });
});
