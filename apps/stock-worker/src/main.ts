import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { StockWorkerModule } from './stock-worker.module.js';

await startWorker(StockWorkerModule, { ...appManifest('stock-worker'), transport: EventTransport });
