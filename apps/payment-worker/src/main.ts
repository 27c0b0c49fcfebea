import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { PaymentWorkerModule } from './payment-worker.module.js';

await startWorker(PaymentWorkerModule, { ...appManifest('payment-worker'), transport: EventTransport });
