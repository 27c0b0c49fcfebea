import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { StockWorkerModule } from './stock-worker.module.js';

await startWorker(StockWorkerModule, {
  name: 'stock-worker',
  port: 3002,
  transport: EventTransport,
});
