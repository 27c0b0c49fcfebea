import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { OrderWorkerModule } from './order-worker.module.js';

await startWorker(OrderWorkerModule, {
  name: 'order-worker',
  port: 3001,
  transport: EventTransport,
});
