import type { components } from '@estoque/client';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Section } from '../../parts/section.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

type Process = components['schemas']['FlowProcessDto'];

const TONES: Record<Process['state'], Tone> = {
  serving: 'good',
  connecting: 'bad',
  isolated: 'warning',
  consuming: 'good',
  circuit_open: 'bad',
  draining: 'warning',
  closed: 'neutral',
};

/** The largest of the handling times of all events; null if nothing was handled within the last minute. */
function slowest({ events }: Process, percentile: 'p50_ms' | 'p95_ms'): number | null {
  const times = events.map((event) => event[percentile]).filter((time) => time !== null);
  return times.length === 0 ? null : Math.max(...times);
}

export function ProcessState({ state, isSilent }: { state: Process['state']; isSilent: boolean }) {
  const { states } = useTexts(texts).processes;
  return (
    <StatusBadge tone={isSilent ? 'bad' : TONES[state]}>
      {isSilent ? states.silent : states[state]}
    </StatusBadge>
  );
}

export function Processes({ processes }: { processes: Process[] }) {
  const { processes: text } = useTexts(texts);
  const format = useFormat();
  const durationOr = (time: number | null) => (time === null ? '–' : format.duration(time));
  return (
    <Section title={text.title}>
      <DataTable
        label={text.title}
        rows={processes}
        rowKey={({ instance }) => instance}
        empty={text.none}
        columns={[
          { accessorKey: 'app', header: text.app },
          {
            header: text.state,
            cell: ({ row }) => <ProcessState state={row.original.state} isSilent={row.original.is_silent} />,
          },
          {
            header: text.handled,
            meta: NUMERIC,
            cell: ({ row }) =>
              format.number(row.original.events.reduce((total, { done }) => total + done, 0)),
          },
          {
            header: text.p50,
            meta: NUMERIC,
            cell: ({ row }) => durationOr(slowest(row.original, 'p50_ms')),
          },
          {
            header: text.p95,
            meta: NUMERIC,
            cell: ({ row }) => durationOr(slowest(row.original, 'p95_ms')),
          },
          { accessorKey: 'version', header: text.version },
          { accessorKey: 'instance', header: text.instance },
          { header: text.started, cell: ({ row }) => <Time at={row.original.started_at} /> },
        ]}
      />
    </Section>
  );
}
