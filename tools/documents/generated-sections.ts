import { readdirSync, readFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { APPS, type AppManifest } from '../../apps/manifest.js';
import { wire } from './events.js';
import { accessMatrix, rolesTable, scopesTable, type OpenApi } from './access-tables.js';
import { brokerUsersTable } from './broker-users.js';
import { databaseRolesTable } from './database-roles.js';
import {
  appsTable,
  eventsTable,
  flowDrawing,
  movementsTable,
  orderDiagram,
  reservationDiagram,
  statusesTable,
  transitionsTable,
} from './sections.js';

/**
 * Generated sections of hand-written pages. The text between `<!-- generated:NAME -->` and `<!-- /generated:NAME -->` is
 * replaced by `npm run docs`. The markers are on lines of their own.
 */
const SECTIONS: Record<string, (page: string) => string> = {
  events: (page) => eventsTable(wire(), ({ name }) => linkTo(page, `libs/domain/src/events/${name}.ts`)),
  flow: () => flowDrawing(wire()),
  apps: (page) =>
    appsTable(
      wire(),
      APPS.map((app) => describeApp(app, page)),
    ),
  transitions: () => transitionsTable(),
  'order-statuses': () => statusesTable(),
  'order-diagram': () => orderDiagram(),
  'reservation-diagram': () => reservationDiagram(),
  movements: () => movementsTable(),
  scopes: () => scopesTable(),
  roles: () => rolesTable(),
  'access-matrix': () => accessMatrix(readOpenApi()),
  'database-roles': () => databaseRolesTable(),
  'broker-users': () => brokerUsersTable(wire().topology),
};

export const SECTION_NAMES = Object.keys(SECTIONS);

/** The committed document, from which `npm run docs` writes the other pages. */
const readOpenApi = () => JSON.parse(readFileSync('docs/openapi.json', 'utf8')) as OpenApi;

function linkTo(page: string, file: string): string {
  return posix.relative(posix.dirname(page), file);
}

/** Links the consumers of a worker, and the module of an app without a consumer. */
function describeApp({ name, kind, port, queue }: AppManifest, page: string) {
  const folder = `apps/${name}/src`;
  const consumers = readdirSync(folder).filter((file) => file.endsWith('.consumer.ts'));
  const files = consumers.length > 0 ? consumers : [`${name}.module.ts`];
  return {
    name,
    kind,
    port,
    queue,
    folder: linkTo(page, folder),
    files: files.map((file) => ({ name: file, link: linkTo(page, `${folder}/${file}`) })),
  };
}

/** The pages that may contain generated sections. */
export function listPages(root: string): string[] {
  const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
  return [
    'README.md',
    ...docs.filter((file) => file.endsWith('.md')).map((file) => posix.join('docs', file)),
  ];
}

/** Reads the pages that contain sections. @returns the pages with up-to-date sections, by file name */
export function pagesWithSections(root: string): Record<string, string> {
  const texts = listPages(root).map((page) => [page, readFileSync(join(root, page), 'utf8')] as const);
  return Object.fromEntries(
    texts
      .filter(([page, text]) => findSections(page, text).length > 0)
      .map(([page, text]) => [page, replaceSections(page, text)]),
  );
}

interface FoundSection {
  name: string;
  /** Indexes of the lines with the markers. */
  start: number;
  end: number;
}

const MARKER = /^<!-- (\/?)generated:([\w-]+) -->$/;

/** @throws if a marker is malformed, unknown, unopened or unclosed */
export function findSections(page: string, text: string): FoundSection[] {
  const found: FoundSection[] = [];
  let open: { name: string; start: number } | undefined;
  for (const [index, line] of text.split('\n').entries()) {
    if (!/^\s*<!--\s*\/?\s*generated:/.test(line)) continue;
    const fail = (problem: string) => new Error(`${page}:${index + 1}: ${line.trim()} ${problem}`);
    const [, slash, name] = MARKER.exec(line) ?? [];
    if (name === undefined) throw fail('is malformed; the form is <!-- generated:NAME -->');
    if (!SECTION_NAMES.includes(name)) throw fail(`is unknown; the sections are ${SECTION_NAMES.join(', ')}`);
    if (slash) {
      if (open?.name !== name) throw fail('closes a section that is not open');
      found.push({ name, start: open.start, end: index });
      open = undefined;
    } else {
      if (open) throw fail(`begins inside the section ${open.name}`);
      open = { name, start: index };
    }
  }
  if (open) throw new Error(`${page}:${open.start + 1}: the section ${open.name} is not closed`);
  return found;
}

/** @returns the page with up-to-date sections @throws as `findSections` */
export function replaceSections(page: string, text: string): string {
  const lines = text.split('\n');
  for (const { name, start, end } of findSections(page, text).toReversed())
    lines.splice(start + 1, end - start - 1, '', ...SECTIONS[name]!(page).split('\n'), '');
  return lines.join('\n');
}

/** @returns a line for each section that differs from the generated text @throws as `findSections` */
export function staleSections(page: string, text: string): string[] {
  const lines = text.split('\n');
  return findSections(page, text)
    .filter(
      ({ name, start, end }) =>
        lines
          .slice(start + 1, end)
          .join('\n')
          .trim() !== SECTIONS[name]!(page),
    )
    .map(({ name }) => `${page} section ${name} is stale: run npm run docs`);
}
