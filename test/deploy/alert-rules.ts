import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

export const PROMETHEUS_FOLDER = 'deploy/observability/prometheus';

export interface AlertRule {
  alert: string;
  expr: string;
  for?: string;
  labels: { severity: string };
  annotations: { summary: string; description: string; runbook_url: string };
}

interface RuleCase {
  name: string;
  input_series: { series: string }[];
  promql_expr_test: { expr: string; exp_samples: { labels: string }[] }[];
}

const read = (file: string): unknown => parse(readFileSync(`${PROMETHEUS_FOLDER}/${file}`, 'utf8'));

export const alertRules = (read('alerts.yml') as { groups: { rules: AlertRule[] }[] }).groups.flatMap(
  ({ rules }) => rules,
);
export const ruleCases = (read('alerts.test.yml') as { tests: RuleCase[] }).tests;
