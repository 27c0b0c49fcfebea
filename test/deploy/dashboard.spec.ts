import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { WORKERS } from '../../apps/manifest.js';
import { run } from '../../tools/command.js';
import { DASHBOARD_FILE, dashboardDocument } from '../../tools/documents/dashboard.js';
import { promtool } from '../../tools/infrastructure/programs.js';
import { seriesToQuery } from '../support/exported-metrics.js';
import { faultsOf, labelsOfResult, withoutVariables } from './promql.js';

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

describe('The dashboard', () => {
  it('is what npm run docs writes', () => {
    const stale = readFileSync(DASHBOARD_FILE, 'utf8') !== dashboardDocument();
    expect(stale && `${DASHBOARD_FILE} is stale: run npm run docs`).toBe(false);
  });

  it('follows the flow from top to bottom', () => {
    const rows = panels.filter(({ type }) => type === 'row');
    expect(rows.map(({ gridPos }) => gridPos.y)).toEqual(
      rows.map(({ gridPos }) => gridPos.y).toSorted((a, b) => a - b),
    );
    const stations = ['api', 'Outbox', 'RabbitMQ', ...WORKERS.map(({ name }) => name), 'Mail'];
    expect(rows.slice(0, stations.length).map(({ title }) => /^\d+\. ([\w-]+)/.exec(title)?.[1])).toEqual(
      stations,
    );
    expect(rows.slice(stations.length).map(({ title }) => title)).toEqual([
      'What went wrong',
      'Database',
      'Processes',
    ]);
  });

  it('has no two panels in one place, and none beyond the edge', () => {
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
    '%s has a unit and says what it means',
    (_, panel) => {
      expect(panel.fieldConfig!.defaults.unit).toMatch(/./);
      expect(panel.description).toMatch(/\.$/);
      expect(new Set(panel.targets!.map(({ refId }) => refId)).size).toBe(panel.targets!.length);
    },
  );

  it.each(queries)(
    '%s asks for what is exported, and its legend for labels that there are',
    async (_, target) => {
      const series = await seriesToQuery();
      expect(faultsOf(target.expr, series)).toEqual([]);
      const named = [...target.legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map(([, label]) => label!);
      expect(labelsOfResult(target.expr, series)).toEqual(expect.arrayContaining(named));
    },
  );

  it('would be found out if it asked for anything else', async () => {
    const series = await seriesToQuery();
    expect(faultsOf('max(estoque_outbox_leg_seconds)', series)).toEqual([
      'estoque_outbox_leg_seconds is not exported',
    ]);
    expect(faultsOf('sum by (queue) (rate(estoque_mails_total{outcom="sent"}[5m]))', series)).toEqual([
      'estoque_mails_total has no label outcom',
      "estoque_mails_total can't be grouped by queue",
    ]);
    expect(faultsOf('estoque_mails_total{outcome=~"sent|deferred"}', series)).toEqual([
      'estoque_mails_total has no outcome deferred',
    ]);
    expect(() => faultsOf('sum(rate(estoque_mails_total[5m])', series)).toThrow('no PromQL');
  });

  it('has queries of the right types', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'estoque-dashboard-'));
    try {
      const all = [...queries.map(([, { expr }]) => expr), ...annotations.list.map(({ expr }) => expr)];
      const rules = all.map((expr, index) => ({ record: `query:${index}`, expr: withoutVariables(expr) }));
      const file = join(folder, 'queries.yml');
      writeFileSync(file, stringify({ groups: [{ name: 'dashboard', rules }] }));
      const tool = await promtool(process.cwd());
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

describe('Grafana’s provisioning', () => {
  const provisioning = 'deploy/observability/grafana/provisioning';
  const { datasources } = parse(readFileSync(`${provisioning}/datasources/datasources.yml`, 'utf8')) as {
    datasources: { type: string; uid: string }[];
  };

  it('has every data source that the dashboard names', () => {
    const known = datasources.map(({ type, uid }) => `${type} ${uid}`);
    for (const [, { datasource }] of queries) expect(known).toContain(`${datasource.type} ${datasource.uid}`);
  });
});
