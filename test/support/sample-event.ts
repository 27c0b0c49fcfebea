import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';

/** An event without business meaning, for specs of libs/messaging. */
export const sampleEvent = defineEvent({
  name: 'thing.happened',
  summary: 'A thing happened.',
  version: 1,
  publishedBy: ['test'],
  republishedBy: [],
  consumedBy: ['thing_queue'],
  confirmedBy: [],
  correlateBy: 'thing_id',
  payload: z.object({ thing_id: z.int().min(1) }),
  example: { thing_id: 1 },
});

/** An event catalogue that contains only the sample event. */
export const sampleEvents = { 'thing.happened': sampleEvent };
