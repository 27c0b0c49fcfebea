import { setTimeout as sleep } from 'node:timers/promises';
import { Random } from '../faults/random.js';
import { abortRequest, mustBeRefused, pipeline, RAW_NAMES, sendRaw, SlowRequest } from './raw-connections.js';
import type { SenderContext } from './sender.js';

const PAUSE_MS = 200;
const SLOW_REQUESTS = 5;
/** Time within which the server must close a connection whose request does not arrive. */
const SLOW_REQUEST_SECONDS = 60;

/** Opens connections that violate HTTP, stop in the middle of a request, do not read answers, or are slow. */
export async function sendConnections(context: SenderContext): Promise<void> {
  const { injector, inputs, violations, isOver } = context;
  const api = injector.apps.url('api');
  const random = new Random(context.seed * 10 + 8);
  const slow = Array.from({ length: SLOW_REQUESTS }, (_, index) => new SlowRequest(api, index > 0));
  for (let index = 0; !isOver(); index++) {
    const name = RAW_NAMES[index % RAW_NAMES.length]!;
    const { statuses, text } = await sendRaw(api, name, random);
    inputs.record(`connection: ${name}`, statuses.join(' ') || 'closed', `connection: ${name}`);
    if (statuses.some((status) => status >= 500 || (status < 400 && mustBeRefused(name))))
      violations.add(`connection: ${name}: status ${statuses.join(' ')}`, name, text.slice(0, 500));
    await abortRequest(api);
    if (index % 10 === 5) await pipeline(api, '/v1/orders?limit=100', 100, 500);
    await sleep(PAUSE_MS);
  }
  for (const { openedAt, closedAt = Date.now() } of slow)
    if (closedAt - openedAt > SLOW_REQUEST_SECONDS * 1_000)
      violations.add(`a slow request was open for more than ${SLOW_REQUEST_SECONDS} s`);
  for (const request of slow) request.stop();
}
