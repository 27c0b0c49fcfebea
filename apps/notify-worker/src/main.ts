import { EventTransport } from '@estoque/messaging';
import { startWorker } from '@estoque/platform';
import { NotifyWorkerModule } from './notify-worker.module.js';

await startWorker(NotifyWorkerModule, {
  name: 'notify-worker',
  port: 3003,
  transport: EventTransport,
  required: ['SMTP_URL', 'MAIL_FROM'],
});
