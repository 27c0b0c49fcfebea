import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** A build with one promise broken on purpose: what the rig is for is to notice. */
export interface Mutant {
  name: string;
  file: string;
  /** Each stands in the file once; white space may differ. */
  changes: [from: string, to: string][];
  /** The faults under which it must show. */
  faults: string[];
}

export const MUTANTS: Mutant[] = [
  {
    name: 'ack-before-commit',
    file: 'libs/messaging/src/rabbitmq/settlement.js',
    changes: [
      [
        'const settled = await this.work(message, isOpen); acks.ack(message);',
        'acks.ack(message); const settled = await this.work(message, isOpen);',
      ],
    ],
    faults: ['kill-order-worker'],
  },
  {
    name: 'no-conditional-transition',
    file: 'apps/order-worker/src/order-reservation.service.js',
    changes: [["held.filter(isLockedIn('pending'))", 'held.filter((order) => !(order instanceof Error))']],
    faults: ['duplicates'],
  },
  {
    name: 'publish-before-commit',
    file: 'libs/domain/src/unit-of-work.js',
    changes: [
      [
        'announced = await outbox.store(manager, this.relay.ready);',
        // Long enough for the broker to confirm it, as with code that waits for that.
        'announced = await outbox.store(manager, this.relay.ready); this.relay.enqueue(announced); await sleep(20);',
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

/** Copies a build and breaks the copy. @throws where a place to break it at isn't there, or not once */
export function buildMutant(dist: string, copy: string, { name, file, changes }: Mutant) {
  cpSync(dist, copy, { recursive: true });
  const path = join(copy, file);
  let text = readFileSync(path, 'utf8');
  for (const [from, to] of changes) {
    const places = new RegExp(from.split(' ').map(escaped).join('\\s+'), 'g');
    if (text.match(places)?.length !== 1) throw new Error(`${name}: ${file} does not hold once: ${from}`);
    text = text.replace(places, () => to);
  }
  writeFileSync(path, text);
}

/** For a regular expression that means the text itself. */
const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
