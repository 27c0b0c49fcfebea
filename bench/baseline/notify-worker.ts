import { connectBroker, consume } from './broker.js';
import { connectDatabase, query } from './database.js';

const RECORD = {
  name: 'record',
  text: `WITH closed AS (
      UPDATE orders SET closed_at = clock_timestamp() WHERE id = ANY($1::bigint[]) AND closed_at IS NULL
      RETURNING id, status, customer_email, locale
    )
    INSERT INTO notifications (order_id, kind, recipient, locale)
    SELECT id, 'order_' || status, customer_email, locale FROM closed ORDER BY id ON CONFLICT DO NOTHING`,
};

const client = await connectDatabase();

await consume<{ order_id: number }>(await connectBroker(), 'notify_queue', async (events) => {
  const finished = events.filter(({ key }) => key !== 'stock.updated').map(({ body }) => body.order_id);
  if (finished.length > 0) await query(client, RECORD, [finished]);
});
console.log('notify-worker is ready');
