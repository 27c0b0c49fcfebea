import type { components } from '@estoque/client';
import { Button, Group, Paper, Stack, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useEffect } from 'react';
import { api, dataOf } from '../../api.js';
import { useFormat } from '../../i18n/format.js';
import { useTexts } from '../../i18n/language.js';
import { statusTexts } from '../../i18n/statuses.js';
import { Facts } from '../../parts/facts.js';
import { ProductLink } from '../../parts/links.js';
import { ProblemAlert } from '../../parts/problem-alert.js';
import { StatusBadge, type Tone } from '../../parts/status-badge.js';
import { texts } from './texts.js';

type Result = components['schemas']['DryRunDto'];

const TONES: Record<NonNullable<Result['decision']>, Tone> = {
  handled: 'good',
  retried: 'warning',
  dead_lettered: 'bad',
  waits: 'warning',
};

interface Props {
  id: number;
  label: string;
  /** Body to run instead of that of the dead letter. */
  body?: string;
}

/** Runs the handler of a dead letter without an effect, and shows what it would do. */
export function DryRun({ id, label, body }: Props) {
  const { dryRun: text } = useTexts(texts);
  const { mutate, reset, data, error, isPending } = useMutation({
    mutationFn: () =>
      dataOf(
        api.POST('/v1/dead-letters/{id}/dry-run', {
          params: { path: { id } },
          body: body === undefined ? {} : { body },
        }),
      ),
  });
  // The result is not that of the changed body.
  useEffect(reset, [body, reset]);
  return (
    <Stack gap="sm">
      <Group gap="sm">
        <Button variant="default" loading={isPending} onClick={() => mutate()}>
          {label}
        </Button>
        <Text size="sm" c="dimmed">
          {text.note}
        </Text>
      </Group>
      {error && <ProblemAlert error={error} onRetry={() => mutate()} />}
      <div role="status">
        {data?.data.length === 0 && <Text size="sm">{text.none}</Text>}
        {data?.data.map((result) => (
          <Effect key={result.queue} result={result} />
        ))}
      </div>
    </Stack>
  );
}

function Effect({ result }: { result: Result }) {
  const { dryRun: text } = useTexts(texts);
  const statuses = useTexts(statusTexts);
  const format = useFormat();
  const { queue, decision, order, stock, events, mails, payment, gateway_requests, error } = result;
  if (decision === null)
    return (
      <Paper withBorder p="md">
        <Text size="sm">{text.unanswered(queue)}</Text>
      </Paper>
    );
  const change = (before: string, after: string) =>
    before === after ? `${after} (${text.unchanged})` : text.stockOf(before, after);
  return (
    <Paper withBorder p="md" data-testid="dry-run">
      <Stack gap="sm">
        <Group gap="sm">
          <code>{queue}</code>
          <StatusBadge tone={TONES[decision]}>{text.decisions[decision]}</StatusBadge>
        </Group>
        <Facts
          entries={[
            [text.outcome, result.outcome && <code>{result.outcome}</code>],
            [text.error, error && `${error.code}: ${error.message}`],
            [text.order, order && `${order.id}: ${change(statuses[order.before], statuses[order.after])}`],
            [
              text.stock,
              stock.length === 0
                ? text.nothing
                : stock.map(({ product_id, before, after }) => (
                    <div key={product_id}>
                      <ProductLink id={product_id} />
                      {`: ${text.onHand} ${change(format.number(before.on_hand), format.number(after.on_hand))}, `}
                      {`${text.reserved} ${change(format.number(before.reserved), format.number(after.reserved))}`}
                    </div>
                  )),
            ],
            [text.events, events.map(({ event }) => event).join(', ') || text.nothing],
            [
              text.mails,
              mails.map(({ kind, recipient }) => `${kind} → ${recipient}`).join(', ') || text.nothing,
            ],
            [text.payment, payment && change(payment.before ?? '–', payment.after ?? '–')],
            [
              text.gateway,
              gateway_requests
                .map(({ type, amount, currency }) => `${text[type]} ${format.money(amount, currency)}`)
                .join(', ') || null,
            ],
          ]}
        />
      </Stack>
    </Paper>
  );
}
