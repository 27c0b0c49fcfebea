import { parser } from '@prometheus-io/lezer-promql';

interface Selector {
  metric: string;
  matchers: { label: string; operator: string; value: string }[];
}

/** The metrics and labels that a PromQL query uses. */
export interface Query {
  selectors: Selector[];
  /** Labels of `by (...)` and `on (...)`, with the selectors whose series must have them. */
  groupings: { label: string; selectors: Selector[] }[];
}

/** Replaces Grafana's variables by constants, so that the query is valid PromQL. */
export const replaceVariables = (expr: string) => expr.replaceAll('$__rate_interval', '1m');

/** @throws Error if the text is not valid PromQL */
export function readQuery(text: string): Query {
  const expr = replaceVariables(text);
  const root = parser.parse(expr).topNode;
  const textOf = ({ from, to }: { from: number; to: number }) => expr.slice(from, to);
  root.cursor().iterate((node) => {
    if (node.type.isError) throw new Error(`not valid PromQL near character ${node.from}: ${expr}`);
  });
  type Node = typeof root;
  const findAll = (node: Node, name: string): Node[] => {
    const found: Node[] = [];
    node.cursor().iterate((descendant) => {
      if (descendant.name === name) found.push(descendant.node);
    });
    return found;
  };
  const selectorsIn = (node: Node): Selector[] =>
    findAll(node, 'VectorSelector').map((selector) => ({
      metric: textOf(selector.getChild('Identifier')!),
      matchers: findAll(selector, 'UnquotedLabelMatcher').map((matcher) => ({
        label: textOf(matcher.getChild('LabelName')!),
        operator: textOf(matcher.getChild('MatchOp')!),
        value: textOf(matcher.getChild('StringLiteral')!).slice(1, -1),
      })),
    }));
  return {
    selectors: selectorsIn(root),
    groupings: findAll(root, 'GroupingLabels').flatMap((grouping) => {
      // The grouped expression is two levels up in the syntax tree.
      const selectors = selectorsIn(grouping.parent!.parent!);
      return findAll(grouping, 'LabelName').map((label) => ({ label: textOf(label), selectors }));
    }),
  };
}

/** Compares a query with the exported series. @returns a line for each metric, label or label value that is not exported */
export function findQueryProblems(
  query: string,
  series: Map<string, Record<string, readonly string[] | undefined>>,
): string[] {
  const { selectors, groupings } = readQuery(query);
  const selectorProblems = selectors.flatMap(({ metric, matchers }) => {
    const labels = series.get(metric);
    if (!labels) return [`${metric} is not exported`];
    return matchers.flatMap(({ label, operator, value }) => {
      if (!(label in labels)) return [`${metric} has no label ${label}`];
      const values = labels[label];
      const wanted = operator.includes('~') ? value.split('|') : [value];
      return wanted
        .filter((pattern) => values && !values.some((known) => matches(known, pattern, operator)))
        .map((pattern) => `${metric} has no ${label} ${pattern}`);
    });
  });
  const groupingProblems = groupings.flatMap(({ label, selectors: grouped }) =>
    grouped
      .filter(({ metric }) => series.has(metric) && !(label in series.get(metric)!))
      .map(({ metric }) => `${metric} can't be grouped by ${label}`),
  );
  return [...selectorProblems, ...groupingProblems];
}

const matches = (known: string, wanted: string, operator: string) =>
  operator.includes('~') ? new RegExp(`^(?:${wanted})$`).test(known) : known === wanted;

/** @returns the labels that every sample of a query's result has */
export function labelsOfResult(
  query: string,
  series: Map<string, Record<string, readonly string[] | undefined>>,
): string[] {
  const { selectors, groupings } = readQuery(query);
  if (/\b(sum|max|min|count|avg)\b/.test(query)) return groupings.map(({ label }) => label);
  return selectors.flatMap(({ metric }) => Object.keys(series.get(metric) ?? {}));
}
