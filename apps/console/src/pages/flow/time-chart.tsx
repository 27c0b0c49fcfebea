import { Text, useComputedColorScheme } from '@mantine/core';
import { useEffect, useId, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { texts } from './texts.js';

const HEIGHT = 200;
/** Legible on both backgrounds, and by people who do not see all colours. */
const COLORS = {
  light: ['#2b5cb8', '#b5500b', '#1d7a46', '#8b2fa0', '#b3123e', '#5f6368'],
  dark: ['#8ab4f8', '#fcad70', '#81c995', '#d7aefb', '#f28b82', '#bdc1c6'],
};

export interface Series {
  name: string;
  /** A value for each time; null where there is none. */
  values: (number | null)[];
}

/** Lines over time. @param times in seconds since 1970 */
export function TimeChart({ title, times, series }: { title: string; times: number[]; series: Series[] }) {
  const container = useRef<HTMLDivElement>(null);
  const chart = useRef<uPlot>(undefined);
  const scheme = useComputedColorScheme('light');
  const id = useId();
  const format = useFormat();
  const { history: text } = useTexts(texts);
  const names = series.map(({ name }) => name).join('\n');
  useEffect(() => {
    const element = container.current!;
    const color = getComputedStyle(element).color;
    const axis = {
      stroke: color,
      grid: { stroke: `${color.replace('rgb(', 'rgba(').replace(')', ', 0.15)')}` },
    };
    const plot = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT,
        series: [
          {
            label: text.time,
            value: (_plot, time) =>
              time === null ? '–' : format.dateTime(new Date(time * 1_000).toISOString()),
          },
          ...names.split('\n').map((label, index) => ({
            label,
            stroke: COLORS[scheme][index % COLORS[scheme].length],
            width: 2,
            spanGaps: false,
            value: (_plot: uPlot, value: number | null) => (value === null ? '–' : format.number(value)),
          })),
        ],
        axes: [axis, { ...axis, values: (_plot, values) => values.map((value) => format.number(value)) }],
        scales: { y: { range: (_plot, _min, max) => [0, Math.max(1, max)] } },
      },
      [[], ...names.split('\n').map(() => [])],
      element,
    );
    chart.current = plot;
    const observer = new ResizeObserver(() => plot.setSize({ width: element.clientWidth, height: HEIGHT }));
    observer.observe(element);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [names, scheme, format, text.time]);
  useEffect(() => {
    chart.current?.setData([times, ...series.map(({ values }) => values)]);
  }, [times, series, names, scheme, format]);
  const latest = series.map(({ name, values }) => `${name}: ${values.at(-1) ?? '–'}`).join(', ');
  return (
    <figure aria-labelledby={id} className="flow-chart">
      <Text id={id} component="figcaption" fw={600} size="sm">
        {title}
      </Text>
      <div ref={container} role="img" aria-label={`${title}. ${latest}`} />
    </figure>
  );
}
