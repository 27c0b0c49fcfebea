import type { components } from '@estoque/client';
import { Anchor, Code, Stack, Text } from '@mantine/core';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { Facts } from '../../parts/facts.js';
import { PageLink } from '../../parts/links.js';
import { Loaded } from '../../parts/loaded.js';
import { OrderStatus } from '../../parts/order-status.js';
import { Page } from '../../parts/page.js';
import { useRouteId } from '../../parts/route-id.js';
import { Section } from '../../parts/section.js';
import { useStream } from '../../stream.js';
import { texts } from './texts.js';
import { Waterfall } from './waterfall.js';

type Journey = components['schemas']['JourneyDto'];

/** Mails, webhooks and dead letters have no event of their own. */
const REFRESH_MS = 5_000;

export function JourneyPage() {
  const id = useRouteId();
  const text = useTexts(texts);
  const queries = useQueryClient();
  const queryKey = ['journey', id];
  useStream({ onOrder: () => void queries.invalidateQueries({ queryKey }) }, id);
  const query = useQuery({
    queryKey,
    queryFn: () => dataOf(api.GET('/v1/orders/{id}/journey', { params: { path: { id } } })),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page
      title={text.title(id)}
      aside={query.data && <OrderStatus status={query.data.status} />}
      actions={<PageLink to={`/orders/${id}`}>{text.open}</PageLink>}
    >
      <Loaded query={query} height={480}>
        {(journey) => <Details journey={journey} />}
      </Loaded>
    </Page>
  );
}

/** @returns when the last span ended, in milliseconds since 1970 */
const endOf = ({ spans }: Journey) =>
  Math.max(...spans.map(({ started_at, finished_at }) => Date.parse(finished_at ?? started_at)));

function Details({ journey }: { journey: Journey }) {
  const text = useTexts(texts);
  const format = useFormat();
  const [first] = journey.spans;
  return (
    <Stack gap="xl">
      {first && (
        <Facts entries={[[text.took, format.duration(endOf(journey) - Date.parse(first.started_at))]]} />
      )}
      <Section title={text.spans}>
        <Waterfall spans={journey.spans} />
      </Section>
      {journey.trace_ids.length > 0 && (
        <Section title={text.traces}>
          {journey.trace_url === null && <Text size="sm">{text.tracesHint}</Text>}
          {journey.trace_ids.map((trace) => (
            <Trace key={trace} id={trace} url={journey.trace_url} />
          ))}
        </Section>
      )}
    </Stack>
  );
}

/** @param url address with `{trace_id}` in place of the id; null if there is no tracing system */
function Trace({ id, url }: { id: string; url: string | null }) {
  if (url === null) return <Code>{id}</Code>;
  return (
    <Anchor href={url.replaceAll('{trace_id}', id)} target="_blank" rel="noreferrer" w="fit-content">
      <Code>{id}</Code>
    </Anchor>
  );
}
