import { useSession } from '../../session/session.js';

/** @returns the name that is recorded with an action */
export function useOperator(): string {
  const { email, id } = useSession();
  return (email ?? id).slice(0, 100);
}
