import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';

/** An event without business meaning, for specs of libs/messaging. */
export const sampleEvent = defineEvent({
  name: 'sample.created',
  summary: 'A sample is created.',
  version: 1,
  publishedBy: ['test'],
  republishedBy: [],
  consumedBy: ['sample_queue'],
  confirmedBy: [],
  correlateBy: 'sample_id',
  payload: z.object({ sample_id: z.int().min(1) }),
  example: { sample_id: 1 },
});

/** An event catalogue that contains only the sample event. */
export const sampleEvents = { 'sample.created': sampleEvent };
