import type { EventDefinition } from '@estoque/messaging';

/** An event as we publish it, and as anyone may. */
export function exampleBodies({ name, version, example }: EventDefinition) {
  const ours = {
    event: name,
    event_id: '019bc15d-7200-7000-8000-000000000001',
    occurred_at: '2026-01-15T12:00:00.000Z',
    version,
    ...example,
  };
  return [
    { title: 'as we publish it', body: ours },
    { title: 'as good', body: { event: name, ...example } },
  ];
}
