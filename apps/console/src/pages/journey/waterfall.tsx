import type { components } from '@estoque/client';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { statusTexts } from '../../i18n/statuses.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
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
          header: text.what,
          cell: ({ row }) => (
            <span title={JSON.stringify(row.original.detail)}>
              {text.kinds[row.original.kind]} <strong>{nameOf(row.original)}</strong>
              {row.original.kind === 'http_request' && (
                <small className="journey-note">{text.requestEnd}</small>
              )}
            </span>
          ),
        },
        {
          header: text.app,
          cell: ({ row }) => (
            <div className="journey-app">
              {row.original.app ?? '–'}
              {row.original.process !== null && (
                <small title={`${row.original.process}, ${text.version} ${row.original.version}`}>
                  {hostOf(row.original.process)} {row.original.version}
                </small>
              )}
            </div>
          ),
        },
        {
          header: text.started,
          meta: NUMERIC,
          cell: ({ row }) => format.duration(Date.parse(row.original.started_at) - begin),
        },
        {
          header: text.waited,
          meta: NUMERIC,
          cell: ({ row }) =>
            row.original.received_at === null ? '–' : format.duration(waitOf(row.original)),
        },
        {
          header: text.duration,
          meta: NUMERIC,
          cell: ({ row }) =>
            row.original.finished_at === null
              ? '–'
              : format.duration(
                  endOf(row.original) - Date.parse(row.original.received_at ?? row.original.started_at),
                ),
        },
        { accessorKey: 'outcome', header: text.outcome },
        {
          header: text.when,
          cell: ({ row }) => <Bar span={row.original} begin={begin} total={total} />,
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
