import type { en } from './i18n/en.js';
import type { Scope } from './session/session.js';

export interface NavigationEntry {
  path: string;
  text: keyof typeof en.pages;
  /** The page is shown to callers with this scope. */
  scope: Scope;
  /** Whether a customer, who reaches only what is their own, may use the page. */
  isForCustomers?: boolean;
  /** The page exists only in development. */
  isLab?: boolean;
}

/** The pages in the sequence of the navigation. The first one that a user may see is their first page. */
export const NAVIGATION: readonly NavigationEntry[] = [
  { path: '/orders', text: 'orders', scope: 'orders:read', isForCustomers: true },
  { path: '/flow', text: 'flow', scope: 'operations:read' },
  { path: '/stock', text: 'stock', scope: 'stock:read' },
  { path: '/dead-letters', text: 'deadLetters', scope: 'operations:read' },
  { path: '/notifications', text: 'notifications', scope: 'notifications:read', isForCustomers: true },
  { path: '/payments', text: 'payments', scope: 'payments:read' },
  { path: '/webhooks', text: 'webhooks', scope: 'webhooks:write' },
  { path: '/operations', text: 'operations', scope: 'operations:read' },
  { path: '/audit-log', text: 'auditLog', scope: 'operations:read' },
  { path: '/lab', text: 'lab', scope: 'operations:read', isLab: true },
  { path: '/api-keys', text: 'apiKeys', scope: 'admin' },
];
