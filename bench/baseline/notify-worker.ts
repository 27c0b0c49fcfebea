import { connectBroker, consume } from './broker.js';
import { ask, connectDatabase } from './database.js';

const RECORD = {
  name: 'record',
  text: `WITH told AS (
      UPDATE orders SET closed_at = clock_timestamp() WHERE id = ANY($1::bigint[]) AND closed_at IS NULL
      RETURNING id, status, customer_email, locale
    )
    INSERT INTO notifications (order_id, kind, recipient, locale)
    SELECT id, 'order_' || status, customer_email, locale FROM told ORDER BY id ON CONFLICT DO NOTHING`,
};

const client = await connectDatabase();

await consume<{ order_id: number }>(await connectBroker(), 'notify_queue', async (events) => {
  const ended = events.filter(({ key }) => key !== 'stock.updated').map(({ body }) => body.order_id);
  if (ended.length > 0) await ask(client, RECORD, [ended]);
});
console.log('notify-worker is ready');
