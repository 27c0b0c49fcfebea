import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { WORKERS } from '../../apps/manifest.js';
import { run } from '../../tools/command.js';
import { DASHBOARD_FILE, dashboardDocument } from '../../tools/documents/dashboard.js';
import { findPromtool } from '../../tools/infrastructure/programs.js';
import { exportedMetrics, seriesToQuery } from '../support/exported-metrics.js';
import { findQueryProblems, labelsOfResult, readQuery, replaceVariables } from './promql.js';

interface Target {
  expr: string;
  legendFormat: string;
  refId: string;
  datasource: { type: string; uid: string };
}
interface Panel {
  id: number;
  type: string;
  title: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  fieldConfig?: { defaults: { unit?: string } };
}

const { panels, annotations } = JSON.parse(readFileSync(DASHBOARD_FILE, 'utf8')) as {
  panels: Panel[];
  annotations: { list: { expr: string }[] };
};
const graphs = panels.filter(({ type }) => type !== 'row');
const queries = graphs.flatMap(({ id, title, targets }) =>
  targets!.map((target) => [`${id} ${title}: ${target.legendFormat}`, target] as const),
);

describe('Grafana dashboard', () => {
  it('is up to date with its generator (else: npm run docs)', () => {
    const stale = readFileSync(DASHBOARD_FILE, 'utf8') !== dashboardDocument();
    expect(stale && `${DASHBOARD_FILE} is stale: run npm run docs`).toBe(false);
  });

  it('has its rows in the sequence of the order flow', () => {
    const rows = panels.filter(({ type }) => type === 'row');
    expect(rows.map(({ gridPos }) => gridPos.y)).toEqual(
      rows.map(({ gridPos }) => gridPos.y).toSorted((a, b) => a - b),
    );
    const flow = ['api', 'Outbox', 'RabbitMQ', ...WORKERS.map(({ name }) => name), 'Mail'];
    expect(rows.slice(0, flow.length).map(({ title }) => /^\d+\. ([\w-]+)/.exec(title)?.[1])).toEqual(flow);
    expect(rows.slice(flow.length).map(({ title }) => title)).toEqual([
      'Webhooks: other systems are notified',
      'Failures',
      'Database',
      'Processes',
    ]);
  });

  it('shows every metric that the project defines', async () => {
    const shown = new Set(
      queries.flatMap(([, { expr }]) => readQuery(expr).selectors.map(({ metric }) => metric)),
    );
    const hidden = Object.keys(await exportedMetrics()).filter(
      (name) =>
        name.startsWith('estoque_') &&
        ![name, `${name}_bucket`, `${name}_count`].some((series) => shown.has(series)),
    );
    expect(hidden).toEqual([]);
  });

  it('has no overlapping panels and none beyond the right edge', () => {
    const taken = new Map<string, string>();
    for (const { title, gridPos } of panels) {
      for (let x = gridPos.x; x < gridPos.x + gridPos.w; x += 1) {
        for (let y = gridPos.y; y < gridPos.y + gridPos.h; y += 1) {
          expect([title, taken.get(`${x},${y}`)]).toEqual([title, undefined]);
          taken.set(`${x},${y}`, title);
          expect(x).toBeLessThan(24);
        }
      }
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it.each(graphs.map((panel) => [panel.title, panel] as const))(
    '%s has a unit and a description',
    (_, panel) => {
      expect(panel.fieldConfig!.defaults.unit).toMatch(/./);
      expect(panel.description).toMatch(/\.$/);
      expect(new Set(panel.targets!.map(({ refId }) => refId)).size).toBe(panel.targets!.length);
    },
  );

  it.each(queries)(
    '%s queries exported metrics only, and its legend uses labels of the result',
    async (_, target) => {
      const series = await seriesToQuery();
      expect(findQueryProblems(target.expr, series)).toEqual([]);
      const usedLabels = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      expect(labelsOfResult(target.expr, series)).toEqual(expect.arrayContaining(usedLabels));
    },
  );

  it('fails these tests if a query uses a metric, label or value that is not exported', async () => {
    const series = await seriesToQuery();
    expect(findQueryProblems('max(estoque_outbox_leg_seconds)', series)).toEqual([
      'estoque_outbox_leg_seconds is not exported',
    ]);
    expect(
      findQueryProblems('sum by (queue) (rate(estoque_mails_total{outcom="sent"}[5m]))', series),
    ).toEqual(['estoque_mails_total has no label outcom', "estoque_mails_total can't be grouped by queue"]);
    expect(findQueryProblems('estoque_mails_total{outcome=~"sent|postponed"}', series)).toEqual([
      'estoque_mails_total has no outcome postponed',
    ]);
    expect(() => findQueryProblems('sum(rate(estoque_mails_total[5m])', series)).toThrow('not valid PromQL');
  });

  it('has queries that pass the type check of promtool', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-dashboard-'));
    try {
      const expressions = [
        ...queries.map(([, { expr }]) => expr),
        ...annotations.list.map(({ expr }) => expr),
      ];
      const rules = expressions.map((expr, index) => ({
        record: `query:${index}`,
        expr: replaceVariables(expr),
      }));
      const file = join(folder, 'queries.yml');
      writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
      const tool = await findPromtool(process.cwd());
      expect(await run(tool, ['check', 'rules', file], { cwd: folder })).toMatchObject({ code: 0 });
      writeFileSync(
        file,
        stringify({ groups: [{ name: 'one', rules: [{ record: 'a', expr: 'rate(up)' }] }] }),
      );
      expect(await run(tool, ['check', 'rules', file], { cwd: folder })).toMatchObject({ code: 1 });
    } finally {
      rmSync(folder, { recursive: true });
    }
  }, 300_000);
});

describe('Grafana provisioning', () => {
  const provisioning = 'deploy/observability/grafana/provisioning';
  const { datasources } = parse(readFileSync(`${provisioning}/datasources/datasources.yml`, 'utf8')) as {
    datasources: { type: string; uid: string }[];
  };

  it('defines every data source that the dashboard uses', () => {
    const known = datasources.map(({ type, uid }) => `${type} ${uid}`);
    for (const [, { datasource }] of queries) expect(known).toContain(`${datasource.type} ${datasource.uid}`);
  });
});
