import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf, type EventCatalogue } from '@estoque/messaging';
import { APPS, type AppManifest } from '../../apps/manifest.js';

/** The values that the generated files contain. */
export interface NewWorker {
  /** As in `invoice-worker`. */
  name: string;
  /** The name without `-worker`; prefix of the file names. */
  base: string;
  /** Prefix of the class names, as in `Invoice`. */
  className: string;
  queue: string;
  port: number;
  /** The events that it consumes. */
  events: WorkerEvent[];
  /** The last app of the manifest. In every list, the worker is added after it. */
  previous: string;
}

export interface WorkerEvent {
  /** Routing key, as in `order.processed`. */
  name: string;
  /** As in `OrderProcessed`. */
  className: string;
}

/** The worker cannot be generated. The message is written for the user and is printed without a stack trace. */
export class NewWorkerError extends Error {}

const MAX_NAME_LENGTH = 40;

/**
 * @param eventNames routing keys of the events that the worker consumes
 * @throws NewWorkerError if the name or an event cannot be used
 */
export function describeWorker(
  name: string,
  eventNames: string[],
  apps: readonly AppManifest[] = APPS,
  events: EventCatalogue = catalogue,
): NewWorker {
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*-worker$/.test(name) || name.length > MAX_NAME_LENGTH)
    throw new NewWorkerError(
      `"${name}" is not a name for a worker. Use lower-case words joined by hyphens, ending in -worker, ` +
        `with at most ${MAX_NAME_LENGTH} characters: invoice-worker.`,
    );
  if (apps.some((app) => app.name === name))
    throw new NewWorkerError(`${name} exists: apps/manifest.ts lists it.`);
  const base = name.replace(/-worker$/, '');
  const queue = `${base.replaceAll('-', '_')}_queue`;
  if (topologyOf(EXCHANGE, events).queues.some((existing) => existing.name === queue))
    throw new NewWorkerError(`${name} would consume ${queue}, a queue that exists. Choose another name.`);
  if (eventNames.length === 0)
    throw new NewWorkerError('Specify the event that the worker consumes: --consumes order.processed');
  return {
    name,
    base,
    className: inPascalCase(base),
    queue,
    port: Math.max(...apps.map(({ port }) => port)) + 1,
    events: [...new Set(eventNames)].map((event) => describeEvent(event, events)),
    previous: apps.at(-1)!.name,
  };
}

function describeEvent(name: string, events: EventCatalogue): WorkerEvent {
  const definition = Object.hasOwn(events, name) ? events[name] : undefined;
  if (!definition)
    throw new NewWorkerError(
      `There is no event ${name}. The events are ${Object.keys(events).join(', ')} (libs/domain/src/events).`,
    );
  // The generated service confirms the event for an order, so every message must have an order_id.
  if (definition.payload.safeParse({ ...definition.example, order_id: undefined }).success)
    throw new NewWorkerError(
      `${name} does not require an order_id, and the generated worker confirms events order by order. ` +
        'Write its consumer by hand, as in apps/notify-worker/src/notify.consumer.ts.',
    );
  return { name, className: inPascalCase(name) };
}

const inPascalCase = (text: string) =>
  text
    .split(/[.-]/)
    .map((word) => word[0]!.toUpperCase() + word.slice(1))
    .join('');
