import type { EventDefinition } from '@estoque/messaging';

/** Two valid bodies of an event: as the apps publish it, and without the optional envelope fields. */
export function exampleBodies({ name, version, example }: EventDefinition) {
  const complete = {
    event: name,
    event_id: '019bc15d-7200-7000-8000-000000000001',
    occurred_at: '2026-01-15T12:00:00.000Z',
    version,
    ...example,
  };
  return [
    { title: 'as published by the apps', body: complete },
    { title: 'required fields only', body: { event: name, ...example } },
  ];
}
