import { PRIVILEGES, roleOf } from '@estoque/domain';
import { APPS } from '../../apps/manifest.js';
import { code, markdownTable } from './markdown.js';

const NONE = '–';

/** A row for each table and function, a column for each app. */
export function databaseRolesTable(): string {
  return markdownTable(
    ['table or function', ...APPS.map(({ name }) => code(roleOf(name)))],
    Object.entries(PRIVILEGES).map(([table, byRole]) => [
      code(table),
      ...APPS.map(({ name }) => byRole[roleOf(name)]?.join(', ') ?? NONE),
    ]),
  );
}
