import { defineEvent } from '@estoque/messaging';
import { z } from 'zod';

/** An event of no business, for specs of how any event travels. */
export const happened = defineEvent({
  name: 'thing.happened',
  summary: 'It happened.',
  version: 1,
  publishedBy: ['test'],
  republishedBy: [],
  consumedBy: ['thing_queue'],
  confirmedBy: [],
  correlateBy: 'thing_id',
  payload: z.object({ thing_id: z.int().min(1) }),
  example: { thing_id: 1 },
});

export const things = { 'thing.happened': happened };
