import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { appManifest } from '../../manifest.js';
import { NotifyWorkerModule } from './notify-worker.module.js';

await startWorker(NotifyWorkerModule, { ...appManifest('notify-worker'), transport: EventTransport });
