import type { components } from '@estoque/client';
import { SegmentedControl } from '@mantine/core';
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useMemo } from 'react';
import { api, dataOf } from '../../api.js';
import { useTexts } from '../../i18n/language.js';
import { statusTexts, type OrderStatus } from '../../i18n/statuses.js';
import { EmptyState } from '../../parts/empty-state.js';
import { useFilters } from '../../parts/filters.js';
import { Loaded } from '../../parts/loaded.js';
import { Section } from '../../parts/section.js';
import './flow.css';
import { texts } from './texts.js';
import { TimeChart, type Series } from './time-chart.js';

type History = components['schemas']['FlowHistoryDto'];
type Sample = History['samples'][number];

const REFRESH_MS = 10_000;
const OUTCOMES: OrderStatus[] = ['pending', 'processed', 'rejected', 'cancelled'];

/** Charts of the last 15 minutes or 24 hours. */
export function FlowHistory() {
  const { history: text } = useTexts(texts);
  const { filters, setFilters } = useFilters();
  const period = filters.period === '24h' ? '24h' : '15m';
  const query = useQuery({
    queryKey: ['flow-history', period],
    queryFn: () => dataOf(api.GET('/v1/operations/flow/history', { params: { query: { period } } })),
    refetchInterval: REFRESH_MS,
    placeholderData: keepPreviousData,
  });
  return (
    <Section
      title={text.title}
      actions={
        <SegmentedControl
          aria-label={text.period}
          size="xs"
          value={period}
          onChange={(value) => setFilters({ period: value })}
          data={(['15m', '24h'] as const).map((value) => ({ value, label: text[value] }))}
        />
      }
    >
      <Loaded query={query} height={480}>
        {({ samples }) =>
          samples.length === 0 ? <EmptyState>{text.none}</EmptyState> : <Charts samples={samples} />
        }
      </Loaded>
    </Section>
  );
}

function Charts({ samples }: { samples: Sample[] }) {
  const { history: text } = useTexts(texts);
  const statuses = useTexts(statusTexts);
  const data = useMemo(() => {
    const seriesOf = (names: string[], valueOf: (sample: Sample, name: string) => number | null): Series[] =>
      names.map((name) => ({ name, values: samples.map((sample) => valueOf(sample, name)) }));
    const queues = [...new Set(samples.flatMap(({ queues: lengths }) => Object.keys(lengths ?? {})))].filter(
      (name) => !name.startsWith('retry_'),
    );
    const events = [...new Set(samples.flatMap(({ latency }) => latency.map(({ event }) => event)))];
    return {
      times: samples.map(({ at }) => Date.parse(at) / 1_000),
      orders: OUTCOMES.map((status) => ({
        name: statuses[status],
        values: samples.map(({ orders, seconds }) => ((orders[status] ?? 0) * 60) / seconds),
      })),
      latency: seriesOf(
        events,
        (sample, name) => sample.latency.find(({ event }) => event === name)?.p95_ms ?? null,
      ),
      queues: seriesOf(queues, (sample, name) => sample.queues?.[name] ?? null),
      outbox: [{ name: text.lag, values: samples.map(({ outbox }) => outbox.lag_seconds) }],
    };
  }, [samples, statuses, text.lag]);
  return (
    <div className="flow-charts">
      <TimeChart title={text.orders} times={data.times} series={data.orders} />
      {data.latency.length > 0 && <TimeChart title={text.latency} times={data.times} series={data.latency} />}
      {data.queues.length > 0 && <TimeChart title={text.queues} times={data.times} series={data.queues} />}
      <TimeChart title={text.outbox} times={data.times} series={data.outbox} />
    </div>
  );
}
