import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultInjector } from '../faults/injector/fault-injector.js';
import type { FaultInjectorOptions } from '../faults/injector/options.js';
import { createKnownResources } from '../fuzz/known-resources.js';
import { apiKeyOf } from '../support/credentials.js';
import { ApiDocument } from '../support/openapi.js';
import { markedRequests, type MarkedRequest } from './marked-requests.js';
import { startVulnerableServer } from './vulnerable-server.js';

const PARALLEL = 2;
const TIMEOUT_MS = 600_000;

export interface SqlmapOptions extends FaultInjectorOptions {
  /** Path of sqlmap.py. */
  sqlmap: string;
  /** 1 to 5: how many payloads sqlmap tries. */
  level: number;
  /** Only parameters whose name contains this text. */
  only?: string;
}

export interface SqlmapReport {
  /** Whether sqlmap has found the parameter of a server that is vulnerable. */
  hasFoundVulnerableServer: boolean;
  tested: string[];
  /** Names of the requests whose parameter is injectable. */
  injectable: string[];
  /** Requests that sqlmap did not test to the end, with its last lines. */
  failures: string[];
  /** Number of answers of the API, by status. */
  answers: Map<string, number>;
}

/** Starts the system, and runs sqlmap against every parameter of the API. */
export async function runSqlmap(options: SqlmapOptions): Promise<SqlmapReport> {
  const injector = await FaultInjector.start(options);
  try {
    const vulnerable = await startVulnerableServer(injector.servers.postgres.url);
    try {
      return await testAll(injector, vulnerable.request, options);
    } finally {
      await vulnerable.stop();
    }
  } finally {
    await injector.stop();
  }
}

async function testAll({ apps }: FaultInjector, control: MarkedRequest, options: SqlmapOptions) {
  const requests = markedRequests({
    url: apps.url('api'),
    key: apiKeyOf('admin'),
    known: await createKnownResources(apps),
    document: ApiDocument.readCommitted(),
  }).filter(({ name }) => name.includes(options.only ?? ''));
  const report: SqlmapReport = {
    hasFoundVulnerableServer: (await testOne(control, options)) === 'injectable',
    tested: [],
    injectable: [],
    failures: [],
    answers: new Map(),
  };
  const waiting = [...requests];
  const work = async () => {
    for (let request = waiting.shift(); request; request = waiting.shift()) {
      const result = await testOne(request, options);
      if (result === 'injectable') report.injectable.push(request.name);
      else if (result !== 'clean') report.failures.push(`${request.name}: ${result}`);
      report.tested.push(request.name);
      options.printProgress(`${report.tested.length} of ${requests.length}: ${request.name}`);
    }
  };
  await Promise.all(Array.from({ length: PARALLEL }, work));
  const metrics = await (await fetch(`${apps.url('api')}/metrics`)).text();
  for (const [, status, count] of metrics.matchAll(
    /^estoque_http_request_duration_seconds_count\{.*status="(\d+)".*\} (\d+)$/gm,
  ))
    report.answers.set(status!, (report.answers.get(status!) ?? 0) + Number(count));
  return report;
}

/** @returns `clean`, `injectable`, or the last lines of sqlmap if it did not finish */
function testOne({ name, text }: MarkedRequest, { sqlmap, level, dir }: SqlmapOptions): Promise<string> {
  const id = name.replaceAll(/\W+/g, '-');
  const file = join(dir, `${id}.http`);
  writeFileSync(file, text);
  const args = [
    ...[
      sqlmap,
      '-r',
      file,
      '--batch',
      '--ignore-stdin',
      '--disable-coloring',
      '--flush-session',
      '--dbms=PostgreSQL',
    ],
    ...[`--level=${level}`, '--risk=1', '--ignore-code=*', '--skip-waf'],
    ...['--output-dir', join(dir, 'sqlmap', id)],
  ];
  return new Promise((resolve) => {
    execFile('python3', args, { timeout: TIMEOUT_MS, maxBuffer: 2 ** 26 }, (_error, output) => {
      writeFileSync(join(dir, `${id}.log`), output);
      if (/^sqlmap identified the following injection point/m.test(output)) resolve('injectable');
      else if (output.includes('all tested parameters do not appear to be injectable')) resolve('clean');
      else resolve(output.trim().split('\n').slice(-3).join(' '));
    });
  });
}
