import {
  canBeHandled,
  EVENT_OF_STATUS,
  ORDER_STATUSES,
  type OrderDetails,
  type OrderStatus,
} from '@estoque/domain';
import { DEAD_LETTER_STATES, type DeadLetter, type DeadLetterState } from '@estoque/messaging';
import { IsIn } from 'class-validator';

// Named constants: the Swagger plugin drops a property if the argument is an expression.
const STATES_OR_NULL = [...DEAD_LETTER_STATES, null];
const STATUSES_OR_NULL = [...ORDER_STATUSES, null];
const POSITIONS = ['earlier', 'this', 'later'] as const;

export class OrderEventDto {
  /** @example "stock.reserve" */
  event!: string;
  /** When the event occurred. @example "2026-01-15T12:00:00.000Z" */
  at!: string;
  /** Whether the event is earlier than that of the dead letter, later, or the same one. */
  @IsIn(POSITIONS)
  position!: (typeof POSITIONS)[number];
  /** Dead letter of the event, or null. @example 7 */
  dead_letter_id!: number | null;
  @IsIn(STATES_OR_NULL)
  dead_letter_state!: DeadLetterState | null;
  /**
   * Whether the event can be handled in the present status of the order. If false, an earlier event must be handled first:
   * until then, the event is refused, retried and dead-lettered again. @example true
   */
  is_safe!: boolean;
}

export class OrderEventsDto {
  /** Order that the message is about, or null if it is about none. @example 123 */
  order_id!: number | null;
  // Response fields are not validated: @IsIn only gives the Swagger plugin the enum, in this order.
  /** Null if the order does not exist. */
  @IsIn(STATUSES_OR_NULL)
  status!: OrderStatus | null;
  /** Events that the order has had, and the latest 100 dead letters about it, in their sequence. */
  data!: OrderEventDto[];
}

type LetterOfOrder = DeadLetter & { event_time: Date };

/**
 * @param shown id of the dead letter that the others are compared with
 * @param order undefined if it does not exist
 */
export function toOrderEventsDto(
  shown: number,
  order_id: number,
  order: OrderDetails | undefined,
  deadLetters: LetterOfOrder[],
): OrderEventsDto {
  const events = [...letterEvents(deadLetters), ...timelineEvents(order, deadLetters)].toSorted(
    (a, b) => a.at.getTime() - b.at.getTime(),
  );
  const index = events.findIndex(({ deadLetter }) => deadLetter?.id === shown);
  return {
    order_id,
    status: order?.status ?? null,
    data: events.map(({ event, at, deadLetter }, position) => ({
      event,
      at: at.toISOString(),
      position: position === index ? 'this' : position < index ? 'earlier' : 'later',
      dead_letter_id: deadLetter?.id ?? null,
      dead_letter_state: deadLetter?.state ?? null,
      is_safe: order !== undefined && canBeHandled(event, order.status),
    })),
  };
}

interface OrderEvent {
  event: string;
  at: Date;
  deadLetter?: LetterOfOrder;
}

const letterEvents = (deadLetters: LetterOfOrder[]): OrderEvent[] =>
  deadLetters.map((deadLetter) => ({ event: deadLetter.event, at: deadLetter.event_time, deadLetter }));

/** The events of the statuses that the order has had, without those that were dead-lettered. */
function timelineEvents(order: OrderDetails | undefined, deadLetters: LetterOfOrder[]): OrderEvent[] {
  const deadLettered = new Set(deadLetters.map(({ event }) => event));
  return (order?.timeline ?? []).flatMap(({ step, at }) => {
    const event = Object.hasOwn(EVENT_OF_STATUS, step) ? EVENT_OF_STATUS[step as OrderStatus] : undefined;
    return event && !deadLettered.has(event) ? [{ event, at: new Date(at) }] : [];
  });
}
