/** The data of a dashboard: rows of panels. ../dashboard.ts turns them into Grafana's JSON. */

/** Grafana's names of units. */
type Unit = 'short' | 'none' | 's' | 'reqps' | 'ops' | 'bytes' | 'percentunit' | 'bool_on_off';

export interface Panel {
  title: string;
  /** Tooltip of the title: what the values mean. */
  description: string;
  unit: Unit;
  /** PromQL by legend. */
  queries: Record<string, string>;
  /** Value from which the panel is red; of two values, the first is orange. */
  thresholds?: [number] | [number, number];
}
export interface Graph extends Panel {
  stacked?: boolean;
}
export interface Row {
  title: string;
  graphs: Graph[];
}

export const perSecond = (series: string) => `rate(${series}[$__rate_interval])`;
export const quantiles = (histogram: string, matchers: string) =>
  Object.fromEntries(
    [0.5, 0.95, 0.99].map((quantile) => [
      `p${quantile * 100}`,
      `histogram_quantile(${quantile}, sum by (le) (${perSecond(`${histogram}_bucket${matchers}`)}))`,
    ]),
  );
