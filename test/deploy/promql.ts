import { parser } from '@prometheus-io/lezer-promql';

interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

/** What a query says, for comparison with what there is. */
export interface Query {
  /** Empty where the query can't be read. */
  selectors: Selector[];
  /** Labels that are grouped by or matched on, with the selectors whose series have to have them. */
  groupings: { label: string; selectors: Selector[] }[];
}

/** Grafana's variables, by something that PromQL knows. */
export const withoutVariables = (expr: string) => expr.replaceAll('$__rate_interval', '1m');

/** @throws Error where it is no PromQL */
export function readQuery(text: string): Query {
  const expr = withoutVariables(text);
  const root = parser.parse(expr).topNode;
  const textOf = ({ from, to }: { from: number; to: number }) => expr.slice(from, to);
  root.cursor().iterate((node) => {
    if (node.type.isError) throw new Error(`no PromQL near character ${node.from}: ${expr}`);
  });
  type Node = typeof root;
  const all = (node: Node, name: string): Node[] => {
    const found: Node[] = [];
    node.cursor().iterate((each) => {
      if (each.name === name) found.push(each.node);
    });
    return found;
  };
  const selectorsIn = (node: Node): Selector[] =>
    all(node, 'VectorSelector').map((selector) => ({
      metric: textOf(selector.getChild('Identifier')!),
      matchers: all(selector, 'UnquotedLabelMatcher').map((matcher) => ({
        label: textOf(matcher.getChild('LabelName')!),
        operator: textOf(matcher.getChild('MatchOp')!),
        value: textOf(matcher.getChild('StringLiteral')!).slice(1, -1),
      })),
    }));
  return {
    selectors: selectorsIn(root),
    groupings: all(root, 'GroupingLabels').flatMap((grouping) => {
      // The expression that is grouped: two levels up, behind its modifier.
      const selectors = selectorsIn(grouping.parent!.parent!);
      return all(grouping, 'LabelName').map((label) => ({ label: textOf(label), selectors }));
    }),
  };
}

/** What a query asks for that isn't there, one line each. */
export function findQueryProblems(
  query: string,
  series: Map<string, Record<string, readonly string[] | undefined>>,
): string[] {
  const { selectors, groupings } = readQuery(query);
  const faults = selectors.flatMap(({ metric, matchers }) => {
    const labels = series.get(metric);
    if (!labels) return [`${metric} is not exported`];
    return matchers.flatMap(({ label, operator, value }) => {
      if (!(label in labels)) return [`${metric} has no label ${label}`];
      const values = labels[label];
      const wanted = operator.includes('~') ? value.split('|') : [value];
      return wanted
        .filter((each) => values && !values.some((known) => matches(known, each, operator)))
        .map((each) => `${metric} has no ${label} ${each}`);
    });
  });
  const groupingFaults = groupings.flatMap(({ label, selectors: grouped }) =>
    grouped
      .filter(({ metric }) => series.has(metric) && !(label in series.get(metric)!))
      .map(({ metric }) => `${metric} can't be grouped by ${label}`),
  );
  return [...faults, ...groupingFaults];
}

const matches = (known: string, wanted: string, operator: string) =>
  operator.includes('~') ? new RegExp(`^(?:${wanted})$`).test(known) : known === wanted;

/** Labels that a query's result is sure to have. */
export function labelsOfResult(
  query: string,
  series: Map<string, Record<string, readonly string[] | undefined>>,
): string[] {
  const { selectors, groupings } = readQuery(query);
  if (/\b(sum|max|min|count|avg)\b/.test(query)) return groupings.map(({ label }) => label);
  return selectors.flatMap(({ metric }) => Object.keys(series.get(metric) ?? {}));
}
