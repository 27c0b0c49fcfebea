import { useParams } from '@tanstack/react-router';

/** @returns the id in the path of the page; NaN if it is no number, which the API refuses */
export function useRouteId(): number {
  const parameters: unknown = useParams({ strict: false });
  return Number((parameters as { id?: string }).id);
}
