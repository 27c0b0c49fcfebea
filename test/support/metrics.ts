/**
 * Parses a response of /metrics.
 *
 * @returns the metric names from the `# TYPE` lines, and the value of each series by `name{label="value"}`
 */
export function parseMetrics(text: string): { names: string[]; values: Map<string, number> } {
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const values = [...text.matchAll(/^([a-z_0-9]+(?:\{.*\})?) (\S+)$/gm)].map(
    ([, series, value]) => [series!, Number(value)] as const,
  );
  return { names, values: new Map(values) };
}
