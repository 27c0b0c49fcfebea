import type { AppName } from '../../../apps/manifest.js';
import { EXCHANGE } from '../injector/broker.js';
import type { Dependency, Rule } from '../proxy.js';
import type { ProtocolStep } from '../wire/wire.js';

/** A protocol step of an app at which the app is killed. */
export interface KillPoint {
  name: string;
  /** Dependency on whose connection the step occurs. */
  dependency: Dependency;
  match: (step: ProtocolStep) => boolean;
  when: Rule['when'];
  /** Whether the app may never reach the step. Otherwise an unreached step is a violation. */
  optional?: boolean;
}

type StepMatcher = KillPoint['match'];

const isStep =
  (name: string, text = /(?:)/): StepMatcher =>
  (step) =>
    step.name === name && text.test(step.text);

const EVENT = new RegExp(`^${EXCHANGE} `);
const OUTBOX_DELETION = /DELETE FROM outbox/;

/** From the delivery of a message to its ack. */
const consumingPoints: KillPoint[] = [
  { name: 'after the delivery', dependency: 'rabbitmq', match: isStep('delivered'), when: 'after' },
  { name: 'before the ack', dependency: 'rabbitmq', match: isStep('ack'), when: 'before' },
  { name: 'after the ack', dependency: 'rabbitmq', match: isStep('ack'), when: 'after' },
];

const committingPoints = (commit: StepMatcher, committed: StepMatcher): KillPoint[] => [
  { name: 'before the commit', dependency: 'postgres', match: commit, when: 'before' },
  { name: 'commit response lost', dependency: 'postgres', match: commit, when: 'unanswered' },
  { name: 'after the commit', dependency: 'postgres', match: committed, when: 'after' },
];

/** From the commit of a change to the deletion of the outbox row of its event. */
const publishingPoints = (change: RegExp): KillPoint[] => {
  const isDeletion = isStep('statement', OUTBOX_DELETION);
  return [
    ...committingPoints(isStep('commit', change), isStep('committed', change)),
    { name: 'before the publish', dependency: 'rabbitmq', match: isStep('publish', EVENT), when: 'before' },
    { name: 'after the publish', dependency: 'rabbitmq', match: isStep('published', EVENT), when: 'after' },
    { name: 'before the confirm', dependency: 'rabbitmq', match: isStep('confirm'), when: 'before' },
    { name: 'after the confirm', dependency: 'rabbitmq', match: isStep('confirm'), when: 'after' },
    { name: 'before the outbox deletion', dependency: 'postgres', match: isDeletion, when: 'before' },
    {
      name: 'outbox deletion response lost',
      dependency: 'postgres',
      match: isDeletion,
      when: 'unanswered',
    },
  ];
};

const NOTIFICATION_INSERT = /INSERT INTO notifications/;
const NOTIFICATION_SENT = /UPDATE notifications[^;]*'sent'/;

/** From the commit of a notification to the commit that records it as sent. */
const mailingPoints: KillPoint[] = [
  {
    name: 'before the notification commit',
    dependency: 'postgres',
    match: isStep('commit', NOTIFICATION_INSERT),
    when: 'before',
  },
  {
    name: 'notification commit response lost',
    dependency: 'postgres',
    match: isStep('commit', NOTIFICATION_INSERT),
    when: 'unanswered',
  },
  { name: 'before the end of the mail', dependency: 'smtp', match: isStep('mail'), when: 'before' },
  { name: 'mail response lost', dependency: 'smtp', match: isStep('mail'), when: 'unanswered' },
  { name: 'after the mail response', dependency: 'smtp', match: isStep('accepted'), when: 'after' },
  {
    name: 'before the mail is recorded as sent',
    dependency: 'postgres',
    match: isStep('statement', NOTIFICATION_SENT),
    when: 'before',
  },
  {
    name: 'after the mail is recorded as sent',
    dependency: 'postgres',
    match: isStep('committed', NOTIFICATION_SENT),
    when: 'after',
  },
];

const ATTEMPT_INSERT = /INSERT INTO payment_attempts/;
/** The gateway itself gives no answer with this token. */
const CHARGE = /^POST \/charges (?!.*tok_timeout)/;
const REFUND = /^POST \/refunds/;
const REFUND_RECORDED = /UPDATE refunds SET status = 'succeeded'/;

/** From the commit of an attempt to charge a payment to the commit of its refund. */
const payingPoints: KillPoint[] = [
  {
    name: 'before the commit of the attempt',
    dependency: 'postgres',
    match: isStep('commit', ATTEMPT_INSERT),
    when: 'before',
  },
  {
    name: 'after the commit of the attempt',
    dependency: 'postgres',
    match: isStep('committed', ATTEMPT_INSERT),
    when: 'after',
  },
  { name: 'before the charge', dependency: 'gateway', match: isStep('request', CHARGE), when: 'before' },
  {
    name: 'charge response lost',
    dependency: 'gateway',
    match: isStep('request', CHARGE),
    when: 'unanswered',
  },
  {
    name: 'after the charge response',
    dependency: 'gateway',
    match: isStep('response', CHARGE),
    when: 'after',
  },
  ...publishingPoints(/UPDATE payments SET status/),
  { name: 'before the refund', dependency: 'gateway', match: isStep('request', REFUND), when: 'before' },
  {
    name: 'refund response lost',
    dependency: 'gateway',
    match: isStep('request', REFUND),
    when: 'unanswered',
  },
  {
    name: 'before the commit of the refund',
    dependency: 'postgres',
    match: isStep('commit', REFUND_RECORDED),
    when: 'before',
  },
  {
    name: 'after the commit of the refund',
    dependency: 'postgres',
    match: isStep('committed', REFUND_RECORDED),
    when: 'after',
  },
];

/** Every app polls the outbox, in a transaction with this lock; it is not part of handling a message. */
const OUTBOX_POLL = /pg_advisory_xact_lock/;
const exceptOutboxPoll =
  (name: string): StepMatcher =>
  (step) =>
    step.name === name && !OUTBOX_POLL.test(step.text);

/** For a worker without points of its own. The commit is optional, because a worker can work without a transaction. */
const workerPoints: KillPoint[] = [
  ...consumingPoints,
  ...committingPoints(exceptOutboxPoll('commit'), exceptOutboxPoll('committed')).map((point) => ({
    ...point,
    optional: true,
  })),
];

const POINTS_OF_APP: Partial<Record<AppName, KillPoint[]>> = {
  api: publishingPoints(/INSERT INTO orders\b/),
  'order-worker': [...consumingPoints, ...publishingPoints(/UPDATE orders\b/)],
  'stock-worker': [...consumingPoints, ...publishingPoints(/UPDATE orders\b/)],
  'notify-worker': [...consumingPoints, ...mailingPoints],
  'payment-worker': [...consumingPoints, ...payingPoints],
};

/** The points at which a wrong implementation most likely loses or duplicates something. */
const CRITICAL = [
  'commit response lost',
  'after the publish',
  'before the ack',
  'mail response lost',
  'charge response lost',
];

/** @returns the points at which a process of this app is killed, in the order in which they are tried */
export function killPoints(app: AppName, { onlyCritical = false } = {}): KillPoint[] {
  const points = POINTS_OF_APP[app] ?? workerPoints;
  return onlyCritical ? points.filter(({ name }) => CRITICAL.includes(name)) : points;
}
