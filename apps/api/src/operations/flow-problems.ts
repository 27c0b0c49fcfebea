import type { FlowDto, FlowProblemDto } from './flow.dto.js';

/** As long as the alert EstoqueOutboxLag waits. */
const MAX_OUTBOX_LAG_SECONDS = 30;
/** Age of a message from which its queue counts as delayed. */
const MAX_MESSAGE_SECONDS = 60;

type Flow = Omit<FlowDto, 'problems' | 'at'>;

/** @returns what is wrong, most serious first, each with the chapter of the runbook that names the next step */
export function problemsOf(flow: Flow): FlowProblemDto[] {
  return [
    ...problemsOfQueues(flow),
    ...flow.processes.flatMap(problemsOfProcess),
    ...problemsOfOutbox(flow),
    ...problemsOfDeadLetters(flow),
  ];
}

function problemsOfQueues({ queues }: Flow): FlowProblemDto[] {
  if (queues.every(({ messages }) => messages === null))
    return [
      {
        code: 'broker_unavailable',
        subject: 'RabbitMQ',
        detail: 'The broker does not respond. Orders are stored, and their events wait in the outbox.',
        runbook: 'estoqueconsumerdown',
      },
    ];
  return queues.flatMap(
    ({ name, kind, messages, consumers, oldest_message_seconds: age }): FlowProblemDto[] => {
      if (messages === null)
        return [
          {
            code: 'queue_missing',
            subject: name,
            detail: 'The queue does not exist yet. It is declared when a process that consumes it starts.',
            runbook: 'estoqueconsumerdown',
          },
        ];
      if (kind !== 'work') return [];
      if (consumers === 0)
        return [
          {
            code: 'queue_without_consumer',
            subject: name,
            detail: `No process consumes the queue. Messages that wait: ${messages}.`,
            runbook: 'estoqueconsumerdown',
          },
        ];
      if (messages === 0 || age === null || age <= MAX_MESSAGE_SECONDS) return [];
      return [
        {
          code: 'queue_waiting',
          subject: name,
          detail: `The oldest message has waited for ${Math.round(age)} seconds. Messages that wait: ${messages}.`,
          runbook: 'estoquequeuebacklog',
        },
      ];
    },
  );
}

function problemsOfProcess({ instance, state, is_silent }: Flow['processes'][number]): FlowProblemDto[] {
  if (is_silent)
    return [
      {
        code: 'process_silent',
        subject: instance,
        detail:
          'The process has not reported for 20 seconds. It has ended without a shutdown, or its database connection is lost.',
        runbook: 'estoquereplicadown',
      },
    ];
  switch (state) {
    case 'circuit_open':
      return [
        {
          code: 'circuit_open',
          subject: instance,
          detail:
            'Most messages fail in this process, so it pauses. Nothing is lost: the messages stay in their queue.',
          runbook: 'estoqueconsumerdown',
        },
      ];
    case 'connecting':
      return [
        {
          code: 'process_connecting',
          subject: instance,
          detail: 'The process has no connection to its queue. It tries again every second.',
          runbook: 'estoqueconsumerdown',
        },
      ];
    case 'isolated':
      return [
        {
          code: 'process_isolated',
          subject: instance,
          detail:
            'A message was delivered again, so the process handles one message at a time until that is done.',
          runbook: 'estoqueconsumerstalled',
        },
      ];
    default:
      return [];
  }
}

function problemsOfOutbox({ outbox }: Flow): FlowProblemDto[] {
  if (outbox.lag_seconds <= MAX_OUTBOX_LAG_SECONDS) return [];
  return [
    {
      code: 'outbox_lag',
      subject: 'outbox',
      detail: `The oldest event has waited for ${Math.round(outbox.lag_seconds)} seconds to be published. Events that wait: ${outbox.depth}.`,
      runbook: 'estoqueoutboxlag',
    },
  ];
}

function problemsOfDeadLetters({ open_dead_letters: count }: Flow): FlowProblemDto[] {
  if (count === 0) return [];
  return [
    {
      code: 'dead_letters_open',
      subject: 'dead letters',
      detail: `Messages that could not be handled: ${count}. Replay or discard them when the cause is removed.`,
      runbook: 'estoquedeadlettersopen',
    },
  ];
}
