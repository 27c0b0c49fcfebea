import type { components } from '@estoque/client';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable } from '../../parts/data-table.js';
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
          { key: 'app', label: text.app, render: ({ app }) => app },
          {
            key: 'state',
            label: text.state,
            render: ({ state, is_silent }) => <ProcessState state={state} isSilent={is_silent} />,
          },
          {
            key: 'handled',
            label: text.handled,
            isNumeric: true,
            render: ({ events }) => format.number(events.reduce((total, { done }) => total + done, 0)),
          },
          {
            key: 'p50',
            label: text.p50,
            isNumeric: true,
            render: (process) => durationOr(slowest(process, 'p50_ms')),
          },
          {
            key: 'p95',
            label: text.p95,
            isNumeric: true,
            render: (process) => durationOr(slowest(process, 'p95_ms')),
          },
          { key: 'version', label: text.version, render: ({ version }) => version },
          { key: 'instance', label: text.instance, render: ({ instance }) => instance },
          { key: 'started', label: text.started, render: ({ started_at }) => <Time at={started_at} /> },
        ]}
      />
    </Section>
  );
}
