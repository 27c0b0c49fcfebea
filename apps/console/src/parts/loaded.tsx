import { Skeleton } from '@mantine/core';
import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useText } from '../i18n/language.js';
import { ProblemAlert } from './problem-alert.js';

interface Props<Data> {
  query: UseQueryResult<Data>;
  /** Height of the space that is kept while the data is loaded, so that the page does not jump. */
  height?: number;
  children: (data: Data) => ReactNode;
}

/** Shows the data of a query: a placeholder before it is there, the problem if it could not be read. */
export function Loaded<Data>({ query, height = 160, children }: Props<Data>) {
  const text = useText();
  if (query.isPending) return <Skeleton h={height} role="status" aria-label={text.loading} />;
  if (query.isError && query.data === undefined)
    return <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />;
  return (
    <>
      {query.error && <ProblemAlert error={query.error} onRetry={() => void query.refetch()} />}
      {children(query.data as Data)}
    </>
  );
}
