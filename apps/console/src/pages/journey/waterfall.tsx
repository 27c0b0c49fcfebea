import type { components } from '@estoque/client';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { statusTexts } from '../../i18n/statuses.js';
import { DataTable } from '../../parts/data-table.js';
import './journey.css';
import { texts } from './texts.js';

type Span = components['schemas']['JourneySpanDto'];

const FAILED = new Set(['failed', 'unknown', 'declined', 'open', 'dead_lettered', 'retried', 'requeued']);

/** The spans of a journey, each with a bar from its start to its end. Times are relative to the first one. */
export function Waterfall({ spans }: { spans: Span[] }) {
  const text = useTexts(texts);
  const statuses = useTexts(statusTexts);
  const format = useFormat();
  const begin = Date.parse(spans[0]?.started_at ?? '');
  const total = Math.max(1, ...spans.map((span) => endOf(span) - begin));
  const nameOf = ({ kind, name }: Span) =>
    kind === 'step' && name in statuses ? statuses[name as keyof typeof statuses] : name;
  return (
    <DataTable
      label={text.spans}
      rows={spans.map((span, index) => ({ ...span, index }))}
      rowKey={({ index }) => index}
      empty={text.none}
      columns={[
        {
          key: 'what',
          label: text.what,
          render: (span) => (
            <span title={JSON.stringify(span.detail)}>
              {text.kinds[span.kind]} <strong>{nameOf(span)}</strong>
            </span>
          ),
        },
        {
          key: 'app',
          label: text.app,
          render: ({ app, process, version }) => (
            <div className="journey-app">
              {app ?? '–'}
              {process !== null && (
                <small title={`${process}, ${text.version} ${version}`}>
                  {hostOf(process)} {version}
                </small>
              )}
            </div>
          ),
        },
        {
          key: 'started',
          label: text.started,
          isNumeric: true,
          render: ({ started_at }) => format.duration(Date.parse(started_at) - begin),
        },
        {
          key: 'waited',
          label: text.waited,
          isNumeric: true,
          render: ({ started_at, received_at }) =>
            received_at === null ? '–' : format.duration(waitOf({ started_at, received_at })),
        },
        {
          key: 'duration',
          label: text.duration,
          isNumeric: true,
          render: (span) =>
            span.finished_at === null
              ? '–'
              : format.duration(endOf(span) - Date.parse(span.received_at ?? span.started_at)),
        },
        { key: 'outcome', label: text.outcome, render: ({ outcome }) => outcome ?? '–' },
        {
          key: 'bar',
          label: text.when,
          render: (span) => <Bar span={span} begin={begin} total={total} />,
        },
      ]}
    />
  );
}

const endOf = ({ started_at, finished_at }: Span) => Date.parse(finished_at ?? started_at);

/** The clocks of the database and of a process can differ. */
const waitOf = ({ started_at, received_at }: Pick<Span, 'started_at' | 'received_at'>) =>
  Math.max(0, Date.parse(received_at ?? started_at) - Date.parse(started_at));

/** `order-worker-1f0c2a9e@host` without the app, which has a column of its own. */
const hostOf = (process: string) => process.replace(/^.*-(?=[\da-f]{8}@)/, '');

function Bar({ span, begin, total }: { span: Span; begin: number; total: number }) {
  const start = Date.parse(span.started_at);
  const left = ((start - begin) / total) * 100;
  const width = ((endOf(span) - start) / total) * 100;
  const waiting = (waitOf(span) / total) * 100;
  const isFailed = span.outcome !== null && FAILED.has(span.outcome);
  return (
    <div className="journey-bar" aria-hidden>
      <div
        className={isFailed ? 'journey-span journey-failed' : 'journey-span'}
        style={{ left: `${Math.min(left, 99)}%`, width: `max(4px, ${width}%)` }}
      />
      {waiting > 0 && (
        <div
          className="journey-waiting"
          style={{ left: `${Math.min(left, 99)}%`, width: `${Math.min(waiting, width)}%` }}
        />
      )}
    </div>
  );
}
