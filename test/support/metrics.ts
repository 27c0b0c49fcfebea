/** The values of one answer of /metrics by series, as `name{label="value"}`, and the names that it declares. */
export function parseMetrics(text: string): { names: string[]; values: Map<string, number> } {
  const names = [...text.matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name!);
  const values = [...text.matchAll(/^([a-z_0-9]+(?:\{.*\})?) (\S+)$/gm)].map(
    ([, series, value]) => [series!, Number(value)] as const,
  );
  return { names, values: new Map(values) };
}
