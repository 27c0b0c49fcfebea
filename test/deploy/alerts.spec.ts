import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parse, stringify } from 'yaml';
import { run } from '../../tools/command.js';
import { findPromtool } from '../../tools/infrastructure/programs.js';
import { alertRules, PROMETHEUS_FOLDER, ruleCases } from './alert-rules.js';
import { seriesToQuery } from '../support/exported-metrics.js';
import { findQueryProblems, labelsOfResult } from './promql.js';

const sh = promisify(execFile);

describe('Alert rules', () => {
  let tool: string;
  // The timeout allows for the first run on a machine, which downloads 19 MB.
  beforeAll(async () => void (tool = await findPromtool(process.cwd())), 300_000);
  const check = (cwd: string, ...args: string[]) => run(tool, args, { cwd });

  it('are valid for Prometheus, as is its configuration', async () => {
    expect(await check(PROMETHEUS_FOLDER, 'check', 'config', 'prometheus.yml')).toMatchObject({ code: 0 });
    const { code, output } = await check(PROMETHEUS_FOLDER, 'check', 'rules', 'alerts.yml');
    expect([code, output]).toEqual([0, expect.stringContaining(`${alertRules.length} rules found`)]);
  });

  it('fire just above their threshold and not just below it', async () => {
    const { code, output } = await check(PROMETHEUS_FOLDER, 'test', 'rules', 'alerts.test.yml');
    expect([code, output]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('fail their test cases if a threshold is too low, too high or exceeded for too long', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-alerts-'));
    try {
      cpSync(PROMETHEUS_FOLDER, folder, { recursive: true });
      const rules = readFileSync(join(folder, 'alerts.yml'), 'utf8');
      const changedRules = rules
        .replace('max(estoque_outbox_lag_seconds) > 30\n', 'max(estoque_outbox_lag_seconds) > 29\n')
        .replace('max(estoque_orders_stuck) > 0', 'max(estoque_orders_stuck) > 1')
        .replace(/(?<=EstoqueQueueBacklog\n.*\n +for: )10m/, '11m');
      writeFileSync(join(folder, 'alerts.yml'), changedRules);
      const tests = ruleCases.filter(({ promql_expr_test }) =>
        promql_expr_test.some(({ expr }) => /OutboxLag|OrdersStuck|QueueBacklog|ConsumerDown/.test(expr)),
      );
      const cases = { rule_files: ['alerts.yml'], evaluation_interval: '1m', tests };
      writeFileSync(join(folder, 'alerts.test.yml'), stringify(cases));
      const { code, output } = await check(folder, 'test', 'rules', 'alerts.test.yml');
      expect(code).toBe(1);
      const failed = [...output.matchAll(/alertname=\\"(\w+)/g)].map(([, name]) => name);
      expect([...new Set(failed)].toSorted()).toEqual([
        'EstoqueOrdersStuck',
        'EstoqueOutboxLag',
        'EstoqueQueueBacklog',
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it.each(alertRules.map((rule) => [`${rule.alert} (${rule.labels.severity})`, rule] as const))(
    '%s has a test case in which it fires and one in which it does not',
    (_, { alert, labels: { severity } }) => {
      const cases = ruleCases
        .flatMap((ruleCase) => ruleCase.promql_expr_test)
        .filter(({ expr }) => expr.includes(`alertname="${alert}"`));
      const fires = cases.map(({ exp_samples }) =>
        exp_samples.some(({ labels }) => labels.includes(`severity="${severity}"`)),
      );
      expect(new Set(fires)).toEqual(new Set([true, false]));
    },
  );

  it.each(alertRules.map((rule) => [rule.alert, rule] as const))(
    '%s queries exported metrics only, and its texts use labels of its result',
    async (_, { expr, annotations }) => {
      const series = await seriesToQuery();
      expect(findQueryProblems(expr, series)).toEqual([]);
      const texts = Object.values(annotations).join(' ');
      const usedLabels = [...texts.matchAll(/\$labels\.(\w+)/g)].map(([, label]) => label!);
      expect(labelsOfResult(expr, series)).toEqual(expect.arrayContaining(usedLabels));
    },
  );

  it.each(ruleCases.map((ruleCase) => [ruleCase.name, ruleCase] as const))(
    'test case “%s” uses exported series only',
    async (_, { input_series }) => {
      const series = await seriesToQuery();
      expect(input_series.flatMap((input) => findQueryProblems(input.series, series))).toEqual([]);
    },
  );

  it('are converted to a PrometheusRule by the command in the runbook', async () => {
    const command = /^\s*(\{ printf .*PrometheusRule.*\}) \| kubectl apply -f -$/m.exec(
      readFileSync('docs/operations.md', 'utf8'),
    )![1]!;
    const { stdout } = await sh('sh', ['-c', command]);
    expect(parse(stdout)).toMatchObject({
      apiVersion: 'monitoring.coreos.com/v1',
      kind: 'PrometheusRule',
      spec: parse(readFileSync(`${PROMETHEUS_FOLDER}/alerts.yml`, 'utf8')) as object,
    });
  });
});
