import type { components } from '@estoque/client';
import { Alert } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable, NUMERIC } from '../../parts/data-table.js';
import { Loaded } from '../../parts/loaded.js';
import { Section } from '../../parts/section.js';
import { Time } from '../../parts/time.js';
import { texts } from './texts.js';

type Process = components['schemas']['FlowProcessDto'];

interface Version {
  app: string;
  version: string;
  processes: number;
  /** Start of the process that runs for longest. */
  since: string;
}

const REFRESH_MS = 5_000;

/** @param processes sorted by app and start */
function versionsOf(processes: Process[]): Version[] {
  const versions = new Map<string, Version>();
  for (const { app, version, started_at, is_silent } of processes) {
    if (is_silent) continue;
    const key = `${app} ${version}`;
    const { processes: count = 0, since = started_at } = versions.get(key) ?? {};
    versions.set(key, { app, version, processes: count + 1, since });
  }
  return [...versions.values()];
}

/** Which versions of the apps are running. */
export function Versions() {
  const { versions: text } = useTexts(texts);
  const format = useFormat();
  const query = useQuery({
    queryKey: ['flow'],
    queryFn: () => dataOf(api.GET('/v1/operations/flow')),
    refetchInterval: REFRESH_MS,
  });
  return (
    <Section title={text.title}>
      <Loaded query={query}>
        {({ processes }) => {
          const versions = versionsOf(processes);
          const isMixed = new Set(versions.map(({ version }) => version)).size > 1;
          return (
            <>
              {isMixed && <Alert color="yellow">{text.mixed}</Alert>}
              <DataTable
                label={text.title}
                columns={[
                  { accessorKey: 'app', header: text.app },
                  { accessorKey: 'version', header: text.version },
                  {
                    header: text.processes,
                    meta: NUMERIC,
                    cell: ({ row }) => format.number(row.original.processes),
                  },
                  { header: text.since, cell: ({ row }) => <Time at={row.original.since} /> },
                ]}
                rows={versions}
                rowKey={({ app, version }) => `${app} ${version}`}
                empty={text.none}
              />
            </>
          );
        }}
      </Loaded>
    </Section>
  );
}
