import { defineEvent } from '../contract/event.js';
import { z } from 'zod';
import { Outbox } from './outbox.js';

const placed = defineEvent({
  name: 'sample.placed',
  summary: 'A sample is placed.',
  version: 1,
  publishedBy: ['shop'],
  republishedBy: ['watchdog'],
  consumedBy: ['sample_queue'],
  confirmedBy: [],
  correlateBy: 'sample_id',
  payload: z.object({ sample_id: z.int() }),
  example: { sample_id: 1 },
});
const catalogue = { 'sample.placed': placed };

describe('Outbox', () => {
  it('accepts an event from an app that is listed in the contract', () => {
    const shop = new Outbox<typeof catalogue, 'shop'>(catalogue, 'shop');
    expect(() => shop.add('sample.placed', { sample_id: 1 })).not.toThrow();
    const watchdog = new Outbox<typeof catalogue, 'watchdog'>(catalogue, 'watchdog');
    expect(() => watchdog.republish('sample.placed', { sample_id: 1 })).not.toThrow();
  });

  it('refuses an event from any other app, even if its type parameter is an app that is listed', () => {
    const outbox = new Outbox<typeof catalogue, 'shop' | 'watchdog'>(catalogue, 'mailer');
    expect(() => outbox.add('sample.placed', { sample_id: 1 })).toThrow(
      'mailer is not listed in publishedBy',
    );
    expect(() => outbox.republish('sample.placed', { sample_id: 1 })).toThrow(
      'mailer is not listed in republishedBy',
    );
  });

  it('refuses to republish an event for an app that may only publish it, and the reverse', () => {
    const shop = new Outbox<typeof catalogue, 'shop' | 'watchdog'>(catalogue, 'shop');
    expect(() => shop.republish('sample.placed', { sample_id: 1 })).toThrow(
      'shop is not listed in republishedBy',
    );
    const watchdog = new Outbox<typeof catalogue, 'shop' | 'watchdog'>(catalogue, 'watchdog');
    expect(() => watchdog.add('sample.placed', { sample_id: 1 })).toThrow(
      'watchdog is not listed in publishedBy',
    );
  });
});
