import { useSession } from '../../session/session.js';

/** Maximum length of the reason of an action. */
export const MAX_REASON_LENGTH = 500;

/** @returns the name that is recorded with an action */
export function useOperator(): string {
  const { email, id } = useSession();
  return (email ?? id).slice(0, 100);
}
