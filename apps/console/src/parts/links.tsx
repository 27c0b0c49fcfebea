import { Anchor } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import type { ReactNode } from 'react';

/** A link to another page of the console. @param to its path, and its filters as a query */
export function PageLink({ to, children }: { to: string; children: ReactNode }) {
  const [path, query] = to.split('?');
  return (
    <Anchor
      component={Link}
      to={path}
      // The type is that of a router without declared filters.
      search={Object.fromEntries(new URLSearchParams(query)) as never}
      underline="always"
      inherit
    >
      {children}
    </Anchor>
  );
}

export const OrderLink = ({ id }: { id: number }) => <PageLink to={`/orders/${id}`}>{id}</PageLink>;

export const ProductLink = ({ id, children }: { id: number; children?: ReactNode }) => (
  <PageLink to={`/stock/${id}`}>{children ?? id}</PageLink>
);
