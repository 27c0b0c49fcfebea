import { List, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { DataTable } from '../../parts/data-table.js';
import { Facts } from '../../parts/facts.js';
import { Loaded } from '../../parts/loaded.js';
import { Section } from '../../parts/section.js';
import { texts } from './texts.js';

/** The retention in it shows runs, which are about a minute apart. */
const REFRESH_MS = 30_000;

export const useConfiguration = () =>
  useQuery({
    queryKey: ['configuration'],
    queryFn: () => dataOf(api.GET('/v1/operations/configuration')),
    refetchInterval: REFRESH_MS,
  });

/** Environment variables of the API without secrets, and the migrations of the database. */
export function Configuration() {
  const text = useTexts(texts);
  const format = useFormat();
  const query = useConfiguration();
  return (
    <Section title={text.configuration}>
      <Text c="dimmed" size="sm">
        {text.configurationNote}
      </Text>
      <Loaded query={query} height={400}>
        {({ node_version, migrations, variables }) => (
          <>
            <Facts
              entries={[
                [text.node, node_version],
                [text.migrations, format.number(migrations.length)],
                [text.lastMigration, migrations.at(-1)?.name],
              ]}
            />
            <details>
              <summary>{text.allMigrations}</summary>
              <List size="sm">
                {migrations.toReversed().map(({ name }) => (
                  <List.Item key={name}>
                    <code>{name}</code>
                  </List.Item>
                ))}
              </List>
            </details>
            <DataTable
              label={text.configuration}
              columns={[
                { header: text.variable, cell: ({ row }) => <code>{row.original.name}</code> },
                {
                  header: text.value,
                  cell: ({ row }) => {
                    if (!row.original.is_set) return <Text c="dimmed">{text.unset}</Text>;
                    return row.original.is_secret ? text.secret : <code>{row.original.value}</code>;
                  },
                },
              ]}
              rows={variables}
              rowKey={({ name }) => name}
              empty="–"
            />
          </>
        )}
      </Loaded>
    </Section>
  );
}
