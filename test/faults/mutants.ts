import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A deliberately broken build: it violates one guarantee, and the fault injector must detect the violation. */
export interface Mutant {
  name: string;
  /** File in dist/ that is changed. */
  file: string;
  /** Replacements; each `from` must occur exactly once in the file. White space may differ. */
  changes: [from: string, to: string][];
  /** Names of the faults under which the mutant must violate a guarantee. */
  faults: string[];
}

export const MUTANTS: Mutant[] = [
  {
    name: 'ack-before-commit',
    file: 'libs/messaging/src/rabbitmq/settlement.js',
    changes: [
      [
        'const outcome = await this.handleWithFailurePolicy(delivery); delivery.acknowledgements.ack(delivery.message);',
        'delivery.acknowledgements.ack(delivery.message); const outcome = await this.handleWithFailurePolicy(delivery);',
      ],
    ],
    faults: ['kill-order-worker'],
  },
  {
    name: 'no-conditional-transition',
    file: 'apps/order-worker/src/order-reservation.service.js',
    changes: [
      ["locked.filter(isReadyFor('awaitPayment'))", 'locked.filter((order) => !(order instanceof Error))'],
    ],
    faults: ['duplicates'],
  },
  {
    name: 'publish-before-commit',
    file: 'libs/domain/src/unit-of-work.js',
    changes: [
      [
        'events = await outbox.store(manager, this.relay.ready);',
        // The pause lets the broker confirm the event before the commit.
        'events = await outbox.store(manager, this.relay.ready); this.relay.enqueue(events); await sleep(20);',
      ],
    ],
    faults: ['kill-api'],
  },
  {
    name: 'no-drain',
    file: 'libs/messaging/src/rabbitmq/event-transport.js',
    changes: [['await Promise.all(this.inFlight);', '']],
    faults: ['rolling-restart'],
  },
];

/**
 * Copies a build and applies the mutant's changes to the copy. The programs are to be bundled again.
 *
 * @throws if the text of a change does not occur exactly once
 */
export function copyAsMutant(dist: string, copy: string, { name, file, changes }: Mutant) {
  cpSync(dist, copy, { recursive: true });
  const path = join(copy, file);
  let source = readFileSync(path, 'utf8');
  for (const [from, to] of changes) {
    const pattern = new RegExp(from.split(' ').map(escapeRegExp).join('\\s+'), 'g');
    if (source.match(pattern)?.length !== 1)
      throw new Error(`${name}: this text does not occur exactly once in ${file}: ${from}`);
    source = source.replace(pattern, () => to);
  }
  writeFileSync(path, source);
}

function escapeRegExp(text: string) {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}
