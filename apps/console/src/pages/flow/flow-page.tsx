import { Stack } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { api, dataOf } from '../../api.js';
import { useTexts } from '../../i18n/language.js';
import { Loaded } from '../../parts/loaded.js';
import { Page } from '../../parts/page.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { useStream, type StreamState } from '../../stream.js';
import { FlowHistory } from './flow-history.js';
import { LatestEvents, type Watched } from './latest-events.js';
import { Problems } from './problems.js';
import { Processes } from './processes.js';
import { Queues } from './queues.js';
import { texts } from './texts.js';
import { Topology } from './topology.js';

/** The API measures every two seconds. */
const REFRESH_MS = 2_000;
const MAX_EVENTS = 20;
const TONES: Record<StreamState, Tone> = { connecting: 'warning', open: 'good', refused: 'neutral' };

export function FlowPage() {
  const text = useTexts(texts);
  const [watched, setWatched] = useState<Watched>({ events: [] });
  const count = useRef(0);
  const state = useStream({
    onOrder(event) {
      count.current += 1;
      const latest = { ...event, key: count.current };
      setWatched(({ events }) => ({ events: [latest, ...events].slice(0, MAX_EVENTS) }));
    },
    onLost: (lost) => setWatched((current) => ({ ...current, lost: { count: lost } })),
    onRate: (rate) => setWatched({ events: [], rate }),
  });
  const query = useQuery({
    queryKey: ['flow'],
    queryFn: () => dataOf(api.GET('/v1/operations/flow')),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Page title={text.title} aside={<StatusBadge tone={TONES[state]}>{text.live[state]}</StatusBadge>}>
      <Loaded query={query} height={600}>
        {(flow) => (
          <Stack gap="xl">
            <Problems problems={flow.problems} />
            <Topology flow={flow} latest={watched.events[0]} />
            <LatestEvents watched={watched} />
            <FlowHistory />
            <Queues queues={flow.queues} />
            <Processes processes={flow.processes} />
          </Stack>
        )}
      </Loaded>
    </Page>
  );
}
