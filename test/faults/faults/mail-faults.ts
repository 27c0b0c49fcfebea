import { setTimeout as sleep } from 'node:timers/promises';
import { until } from '../../support/until.js';
import type { Fault } from '../experiment.js';

/** Recipients that the mail server refuses permanently (550) in this fault. */
export const PERMANENTLY_REFUSED = /^refused-/;

const MAILBOX_UNAVAILABLE = { code: 550, text: 'no such mailbox' };

export const mailDown: Fault = {
  name: 'mail-down',
  description:
    'makes the mail server unavailable, then busy (421, 451), then makes it refuse some recipients permanently (550)',
  async inject(injector, experiment) {
    const { database, mailSink } = injector;
    const item = { product_id: injector.products.plentiful[0]!, quantity: 1 };
    await mailSink.stop();
    const { id } = await injector.placeAcceptedOrder([item]);
    await experiment.expectInTime(
      'orders are processed while the mail server is unavailable',
      until('the order to be processed', async () => (await database.countProcessed([id])) === 1, {
        seconds: 20,
      }),
    );
    await sleep(5_000);
    await mailSink.start();
    mailSink.refusals = { greeting: { code: 421, text: 'too busy' } };
    await sleep(5_000);
    mailSink.refusals = {
      recipient: (address) => {
        if (PERMANENTLY_REFUSED.test(address)) return MAILBOX_UNAVAILABLE;
        return address.startsWith('later-') ? { code: 451, text: 'try again later' } : undefined;
      },
    };
    const placeFiveOrders = (customer: string) =>
      Promise.all(Array.from({ length: 5 }, () => injector.placeAcceptedOrder([item], customer)));
    const refused = await placeFiveOrders('refused');
    await placeFiveOrders('later');
    await until(
      'a recipient to be deferred',
      () => mailSink.recipients.some((address) => address.startsWith('later-')),
      { seconds: 30 },
    );
    await sleep(2_000);
    mailSink.refusals = {
      recipient: (address) => (PERMANENTLY_REFUSED.test(address) ? MAILBOX_UNAVAILABLE : undefined),
    };
    experiment.faultEnded();
    experiment.note('unavailable for 5 s, 421 for 5 s, then 451 and 550 for some recipients');
    await experiment.expectInTime(
      'a permanent refusal is recorded as failed',
      until(
        'the notifications to be failed',
        async () => {
          const rows = await database.query<{ state: string }>(
            'SELECT state FROM notifications WHERE order_id = ANY($1)',
            [refused.map((order) => order.id)],
          );
          return rows.length === 5 && rows.every(({ state }) => state === 'failed');
        },
        { seconds: 60 },
      ),
    );
    for (const { email } of refused) {
      const attempts = mailSink.recipients.filter((address) => address === email).length;
      experiment.expect(
        attempts === 1,
        `a permanently refused mail is not sent again (${attempts} attempts)`,
      );
    }
  },
};
