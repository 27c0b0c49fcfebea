import type { components } from '@estoque/client';
import { useReducedMotion } from '@mantine/hooks';
import { useEffect, useState } from 'react';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { Section } from '../../parts/section.js';
import type { OrderEvent } from '../../stream.js';
import { texts } from './texts.js';

type Flow = components['schemas']['FlowDto'];
type Queue = Flow['queues'][number];

const [WIDTH, ROW, TOP, BOX] = [900, 84, 16, { width: 150, height: 60 }] as const;
/** Left edge of each column. */
const COLUMNS = { api: 10, outbox: 190, exchange: 370, queue: 550, worker: 740 } as const;
const MOVE_SECONDS = 0.9;

interface BoxProps {
  x: number;
  y: number;
  title: string;
  lines: string[];
  isFaulty?: boolean;
}

function Box({ x, y, title, lines, isFaulty = false }: BoxProps) {
  return (
    <g transform={`translate(${x} ${y})`}>
      <rect
        width={BOX.width}
        height={BOX.height}
        rx={6}
        className={isFaulty ? 'flow-box flow-faulty' : 'flow-box'}
      />
      <text x={10} y={20} className="flow-title">
        {title}
      </text>
      {lines.map((line, index) => (
        <text key={line} x={10} y={37 + index * 15} className="flow-line">
          {line}
        </text>
      ))}
    </g>
  );
}

const right = (x: number) => x + BOX.width;
const middle = (y: number) => y + BOX.height / 2;

/** A line from the right edge of a box to the left edge of another one. */
function pathBetween(from: { x: number; y: number }, to: { x: number; y: number }): string {
  const [x1, y1, x2, y2] = [right(from.x), middle(from.y), to.x, middle(to.y)];
  const bend = (x1 + x2) / 2;
  return `M${x1} ${y1} C${bend} ${y1} ${bend} ${y2} ${x2} ${y2}`;
}

/** Exchange, queues, processes and outbox as they are, with events that move along the lines. */
export function Topology({
  flow,
  latest,
}: {
  flow: Flow;
  latest: (OrderEvent & { key: number }) | undefined;
}) {
  const text = useTexts(texts);
  const format = useFormat();
  const work = flow.queues.filter(({ kind }) => kind === 'work');
  const height = TOP + work.length * ROW + ROW;
  const center = TOP + ((work.length - 1) * ROW) / 2;
  const at = {
    api: { x: COLUMNS.api, y: center },
    outbox: { x: COLUMNS.outbox, y: center },
    exchange: { x: COLUMNS.exchange, y: center },
  };
  const queueAt = (index: number) => ({ x: COLUMNS.queue, y: TOP + index * ROW });
  const workerAt = (index: number) => ({ x: COLUMNS.worker, y: TOP + index * ROW });
  const paths = [
    pathBetween(at.api, at.outbox),
    pathBetween(at.outbox, at.exchange),
    ...work.flatMap((_queue, index) => [
      pathBetween(at.exchange, queueAt(index)),
      pathBetween(queueAt(index), workerAt(index)),
    ]),
  ];
  const waiting = (count: number | null) =>
    text.waiting(count === null ? text.unknown : format.number(count));
  const sumOf = (kind: Queue['kind']) =>
    flow.queues
      .filter((queue) => queue.kind === kind)
      .reduce((sum, { messages }) => sum + (messages ?? 0), 0);
  const processesOf = (app: string | null) => flow.processes.filter((process) => process.app === app);
  const isFaulty = (subject: string) => flow.problems.some((problem) => problem.subject === subject);
  return (
    <Section title={text.topology}>
      <div
        className="flow-topology"
        role="group"
        tabIndex={0}
        aria-label={`${text.topology}. ${text.topologyHint}`}
      >
        <svg
          viewBox={`0 0 ${WIDTH} ${height}`}
          width={WIDTH}
          height={height}
          role="img"
          aria-label={text.topology}
        >
          {paths.map((path) => (
            <path key={path} d={path} className="flow-path" />
          ))}
          <Box {...at.api} title={text.api} lines={[text.processesOf(processesOf('api').length)]} />
          <Box
            {...at.outbox}
            title={text.outbox}
            lines={[waiting(flow.outbox.depth), format.duration(flow.outbox.lag_seconds * 1_000)]}
            isFaulty={isFaulty('outbox')}
          />
          <Box
            {...at.exchange}
            title={text.exchange}
            lines={['stock_events']}
            isFaulty={isFaulty('RabbitMQ')}
          />
          {work.map((queue, index) => {
            const processes = processesOf(queue.app);
            const isFaultyWorker =
              processes.length === 0 || processes.some(({ instance }) => isFaulty(instance));
            return (
              <g key={queue.name}>
                <Box
                  {...queueAt(index)}
                  title={queue.name}
                  lines={[
                    waiting(queue.messages),
                    // Not known until the processes have reported twice.
                    ...(queue.rate_out === null ? [] : [text.rate(format.number(queue.rate_out))]),
                  ]}
                  isFaulty={isFaulty(queue.name)}
                />
                <Box
                  {...workerAt(index)}
                  title={queue.app ?? text.unknown}
                  lines={[
                    text.processesOf(processes.length),
                    [
                      ...new Set(
                        processes.map(
                          ({ state, is_silent }) => text.processes.states[is_silent ? 'silent' : state],
                        ),
                      ),
                    ].join(', '),
                  ]}
                  isFaulty={isFaultyWorker}
                />
              </g>
            );
          })}
          <Box
            x={COLUMNS.queue}
            y={TOP + work.length * ROW}
            title={text.retry}
            lines={[waiting(sumOf('retry'))]}
          />
          <Box
            x={COLUMNS.worker}
            y={TOP + work.length * ROW}
            title={text.deadLetters}
            lines={[format.number(flow.open_dead_letters)]}
            isFaulty={flow.open_dead_letters > 0}
          />
          <MovingEvents
            latest={latest}
            pathsOf={(event) =>
              work.flatMap(({ events }, index) =>
                events.includes(event)
                  ? [pathBetween(at.exchange, queueAt(index)), pathBetween(queueAt(index), workerAt(index))]
                  : [],
              )
            }
          />
        </svg>
      </div>
    </Section>
  );
}

interface Moving {
  key: string;
  path: string;
}

/** A dot for each event, from the exchange through its queue to the worker. */
function MovingEvents({
  latest,
  pathsOf,
}: {
  latest: (OrderEvent & { key: number }) | undefined;
  pathsOf: (event: string) => string[];
}) {
  const isMotionReduced = useReducedMotion();
  const [moving, setMoving] = useState<Moving[]>([]);
  const key = latest?.key;
  useEffect(() => {
    if (!latest || isMotionReduced) return;
    const added = pathsOf(latest.event).map((path) => ({ key: `${latest.key} ${path}`, path }));
    setMoving((current) => [...current, ...added]);
    setTimeout(
      () => setMoving((current) => current.filter((dot) => !added.includes(dot))),
      MOVE_SECONDS * 1_000,
    );
    // One dot for each event, and not for each measurement of the flow.
  }, [key]);
  return moving.map((dot) => (
    <circle key={dot.key} r={5} className="flow-dot">
      <animateMotion
        dur={`${MOVE_SECONDS}s`}
        path={dot.path}
        fill="freeze"
        begin="indefinite"
        ref={startNow}
      />
    </circle>
  ));
}

/** An animation without `begin` would start with the document and be over already. */
const startNow = (animation: SVGAnimateMotionElement | null) => animation?.beginElement();
