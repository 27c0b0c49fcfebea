import { catalogue, EXCHANGE } from '@estoque/domain';
import { topologyOf, type EventDefinition } from '@estoque/messaging';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { WORKERS } from '../../apps/manifest.js';
import { asyncApi, type Wire } from './asyncapi.js';
import { asyncApiPage } from './asyncapi-page.js';
import { eventsPage } from './events-page.js';
import { bodySchema, findIncompatibilities, schemaFile, type JsonSchema } from './schemas.js';

export const events: EventDefinition[] = Object.values(catalogue);

/** All events, the topology of their exchange and the consumer of each queue. */
export const wire = (): Wire => ({
  events,
  topology: topologyOf(EXCHANGE, catalogue),
  consumers: Object.fromEntries(WORKERS.map(({ name, queue }) => [queue, name])),
});

/** The generated documents about the events: text by file name. */
export function eventDocuments(): Record<string, string> {
  const yaml = stringify(asyncApi(wire()), { aliasDuplicateObjects: false, lineWidth: 0 });
  return {
    'docs/events.md': `${eventsPage(wire())}\n`,
    // Vite copies it into the files of the console, which the api serves.
    'apps/console/public/asyncapi.html': asyncApiPage(wire()),
    'docs/asyncapi.yaml': `# Written by npm run docs.\n${yaml}`,
    ...Object.fromEntries(
      events.map((event) => [schemaFile(event), `${JSON.stringify(bodySchema(event), null, 2)}\n`]),
    ),
  };
}

/** Changes of the events that are incompatible with the committed schemas. */
export function incompatibleChanges(root: string, current = events): string[] {
  const folder = join(root, 'docs', 'schemas');
  const published = existsSync(folder)
    ? readdirSync(folder).map((file) => file.replace(/\.v\d+\.json$/, ''))
    : [];
  const removed = new Set(published.filter((name) => !current.some((event) => event.name === name)));
  const changed = current.flatMap((event) => {
    const file = join(root, schemaFile(event));
    if (!existsSync(file)) return [];
    const before = JSON.parse(readFileSync(file, 'utf8')) as JsonSchema;
    return findIncompatibilities(before, bodySchema(event)).map(
      (change) => `${event.name} v${event.version}: ${change}`,
    );
  });
  return [...[...removed].map((name) => `${name} is removed`), ...changed];
}
