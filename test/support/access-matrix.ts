import { readFileSync } from 'node:fs';
import { ROLE_NAMES, type Role } from '../../apps/api/src/access/scopes.js';

/** What a role may do with an operation: everything, with what belongs to the customer, or nothing. */
export type Access = 'yes' | 'own' | '–';

export interface MatrixRow {
  /** `GET /v1/orders/{id}` */
  operation: string;
  method: string;
  path: string;
  scope: string;
  access: Record<Role, Access>;
}

/** Reads the access matrix from docs/access.md, as people read it. */
export function readAccessMatrix(): MatrixRow[] {
  const page = readFileSync('docs/access.md', 'utf8');
  const [, table = ''] =
    /<!-- generated:access-matrix -->([^]*)<!-- \/generated:access-matrix -->/.exec(page) ?? [];
  const [head, , ...rows] = table
    .trim()
    .split('\n')
    .map((line) => line.split('|').map((cell) => cell.trim().replaceAll('`', '')));
  return rows.map((cells) => {
    const cellOf = (name: string) => cells[head!.indexOf(name)]!;
    const [method, path] = cellOf('operation').split(' ') as [string, string];
    const access = Object.fromEntries(ROLE_NAMES.map((role) => [role, cellOf(role)])) as Record<Role, Access>;
    return { operation: cellOf('operation'), method, path, scope: cellOf('scope'), access };
  });
}
