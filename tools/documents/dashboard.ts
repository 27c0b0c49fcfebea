import {
  BigValueColorMode,
  BigValueGraphMode,
  GraphThresholdsStyleConfigBuilder,
  GraphThresholdsStyleMode,
  LegendDisplayMode,
  LegendPlacement,
  ReduceDataOptionsBuilder,
  SortOrder,
  StackingConfigBuilder,
  StackingMode,
  TooltipDisplayMode,
  VizLegendOptionsBuilder,
  VizTooltipOptionsBuilder,
} from '@grafana/grafana-foundation-sdk/common';
import {
  AnnotationQueryBuilder,
  DashboardBuilder,
  DashboardCursorSync,
  RowBuilder,
  ThresholdsConfigBuilder,
  ThresholdsMode,
} from '@grafana/grafana-foundation-sdk/dashboard';
import { DataqueryBuilder } from '@grafana/grafana-foundation-sdk/prometheus';
import { PanelBuilder as StatBuilder } from '@grafana/grafana-foundation-sdk/stat';
import { PanelBuilder as TimeseriesBuilder } from '@grafana/grafana-foundation-sdk/timeseries';
import { AT_A_GLANCE, ROWS, type Graph, type Panel } from './panels.js';

export const DASHBOARD_FILE = 'deploy/observability/grafana/dashboards/estoque.json';

/** As provisioned in deploy/observability/grafana/provisioning/datasources. */
const PROMETHEUS = { type: 'prometheus', uid: 'prometheus' };
const COLUMNS = 24;

/** The dashboard as Grafana reads it from a file. */
export function dashboardDocument(): string {
  const dashboard = new DashboardBuilder('Estoque: from order to mail')
    .uid('estoque')
    .description('Written by `npm run docs` from tools/documents/dashboard.ts.')
    .tags(['estoque'])
    .readonly()
    .time({ from: 'now-1h', to: 'now' })
    .refresh('10s')
    .tooltip(DashboardCursorSync.Crosshair)
    .annotation(
      new AnnotationQueryBuilder()
        .name('Alerts')
        .datasource(PROMETHEUS)
        .enable(true)
        .iconColor('red')
        .expr('ALERTS{alertname=~"Estoque.*", alertstate="firing"}')
        .titleFormat('{{alertname}}'),
    );
  let id = 0;
  for (const panel of AT_A_GLANCE) dashboard.withPanel(stat(panel).id(++id));
  for (const { title, graphs } of ROWS) {
    dashboard.withRow(new RowBuilder(title).id(++id));
    const width = Math.floor(COLUMNS / Math.min(graphs.length, 4));
    for (const graph of graphs) dashboard.withPanel(timeseries(graph).span(width).id(++id));
  }
  return `${JSON.stringify(dashboard.build(), null, 2)}\n`;
}

const targets = ({ queries }: Panel) =>
  Object.entries(queries).map(([legend, expr], index) =>
    new DataqueryBuilder()
      .datasource(PROMETHEUS)
      .refId(String.fromCharCode('A'.charCodeAt(0) + index))
      .expr(expr)
      .legendFormat(legend),
  );

function thresholds({ lines }: Panel) {
  const [amiss, bad] = lines?.length === 1 ? [undefined, ...lines] : (lines ?? []);
  return new ThresholdsConfigBuilder()
    .mode(ThresholdsMode.Absolute)
    .steps([
      { value: null, color: 'green' },
      ...(amiss === undefined ? [] : [{ value: amiss, color: 'orange' }]),
      ...(bad === undefined ? [] : [{ value: bad, color: 'red' }]),
    ]);
}

function stat(panel: Panel) {
  return new StatBuilder()
    .title(panel.title)
    .description(panel.about)
    .datasource(PROMETHEUS)
    .targets(targets(panel))
    .unit(panel.unit)
    .noValue('–')
    .thresholds(thresholds(panel))
    .reduceOptions(new ReduceDataOptionsBuilder().calcs(['lastNotNull']))
    .colorMode(panel.lines ? BigValueColorMode.Background : BigValueColorMode.None)
    .graphMode(BigValueGraphMode.Area)
    .span(COLUMNS / AT_A_GLANCE.length)
    .height(4);
}

function timeseries(graph: Graph) {
  const builder = new TimeseriesBuilder()
    .title(graph.title)
    .description(graph.about)
    .datasource(PROMETHEUS)
    .targets(targets(graph))
    .unit(graph.unit)
    .min(0)
    .lineWidth(1)
    .fillOpacity(graph.stacked ? 30 : 8)
    .legend(
      new VizLegendOptionsBuilder()
        .displayMode(LegendDisplayMode.Table)
        .placement(LegendPlacement.Bottom)
        .showLegend(true)
        .calcs(['lastNotNull', 'max']),
    )
    .tooltip(new VizTooltipOptionsBuilder().mode(TooltipDisplayMode.Multi).sort(SortOrder.Descending))
    .height(8);
  if (graph.stacked) builder.stacking(new StackingConfigBuilder().mode(StackingMode.Normal).group('A'));
  if (!graph.lines) return builder;
  return builder
    .thresholds(thresholds(graph))
    .thresholdsStyle(new GraphThresholdsStyleConfigBuilder().mode(GraphThresholdsStyleMode.Dashed));
}
