import { useText } from '../i18n/language.js';
import { EmptyState } from './empty-state.js';
import { Page } from './page.js';

export function NotFoundPage() {
  const { notFound } = useText();
  return (
    <Page title={notFound.title}>
      <EmptyState>{notFound.detail}</EmptyState>
    </Page>
  );
}

/** Shown for the address of a page that the role of the user does not include. */
export function Forbidden() {
  const { forbidden } = useText();
  return (
    <Page title={forbidden.title}>
      <EmptyState>{forbidden.detail}</EmptyState>
    </Page>
  );
}
