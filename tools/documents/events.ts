import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf, type EventDefinition } from '@estoque/messaging';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { asyncApi, type Wire } from './asyncapi.js';
import { eventsPage } from './events-page.js';
import { bodySchema, breaks, schemaFile, type JsonSchema } from './schemas.js';
import { WORKERS } from '../../apps/manifest.js';

export const events: EventDefinition[] = Object.values(catalogue);

/** What is written about the events, by file. */
export function eventDocuments(): Record<string, string> {
  const wire: Wire = { events, topology: topologyOf(EXCHANGE, catalogue), appOf: consumers() };
  const yaml = stringify(asyncApi(wire), { aliasDuplicateObjects: false, lineWidth: 0 });
  return {
    'docs/events.md': `${eventsPage(wire)}\n`,
    'docs/asyncapi.yaml': `# Written by npm run docs.\n${yaml}`,
    ...Object.fromEntries(
      events.map((event) => [schemaFile(event), `${JSON.stringify(bodySchema(event), null, 2)}\n`]),
    ),
  };
}

/** What the committed schemas promise and the events no longer keep. */
export function brokenPromises(root: string, today = events): string[] {
  const folder = join(root, 'docs', 'schemas');
  const promised = existsSync(folder)
    ? readdirSync(folder).map((file) => file.replace(/\.v\d+\.json$/, ''))
    : [];
  const gone = new Set(promised.filter((name) => !today.some((event) => event.name === name)));
  const changed = today.flatMap((event) => {
    const file = join(root, schemaFile(event));
    if (!existsSync(file)) return [];
    const before = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
    return breaks(before, bodySchema(event)).map((fault) => `${event.name} v${event.version}: ${fault}`);
  });
  return [...[...gone].map((name) => `${name} is gone`), ...changed];
}

/** The app that consumes each queue. */
const consumers = (): Record<string, string> =>
  Object.fromEntries(WORKERS.map(({ name, queue }) => [queue, name]));
