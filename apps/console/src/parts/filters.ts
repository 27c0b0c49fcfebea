import { useNavigate, useSearch } from '@tanstack/react-router';
import { useCallback } from 'react';

export type Filters = Record<string, string | undefined>;

/** The filters of a page. They are in the address, which can be sent to others. */
export function useFilters() {
  const search: unknown = useSearch({ strict: false });
  const filters = search as Filters;
  const navigate = useNavigate();
  /** Changes some filters, and shows the first page. An empty value removes a filter. */
  const setFilters = useCallback(
    (changes: Filters) =>
      void navigate({
        to: '.',
        search: (previous: Filters) => ({ ...previous, cursor: undefined, ...changes }),
        resetScroll: false,
      } as never),
    [navigate],
  );
  return { filters, setFilters };
}

/** @returns the number in a filter, undefined if it is none */
export const numberOf = (value: string | undefined) =>
  value !== undefined && /^[1-9]\d{0,14}$/.test(value) ? Number(value) : undefined;
