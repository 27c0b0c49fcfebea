import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { OrderWorkerModule } from './order-worker.module.js';

await startWorker(OrderWorkerModule, { ...appManifest('order-worker'), transport: EventTransport });
