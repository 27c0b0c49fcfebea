import type { NavigationEntry } from '../navigation.js';
import { useSession } from './session.js';

/** @returns whether the user may see a page */
export function useAccess() {
  const { may, mayAll, hasLab } = useSession();
  const isAllowed = ({ scope, isForCustomers, isLab }: Omit<NavigationEntry, 'path' | 'text'>) =>
    (isForCustomers ? may(scope) : mayAll(scope)) && (hasLab || !isLab);
  return { isAllowed };
}
