import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isAnswering, reservePort } from './ports.js';
import { STAGES } from './process-spec.js';
import type { Processes } from './processes.js';
import type { Service } from './service.js';

export interface Mailbox {
  smtpUrl: string;
  /** URL of the web interface. Programs read the mails from `<url>/api/email`. */
  url: string;
  service: Service;
}

export interface MailboxOptions {
  root: string;
  /** Folder of the mails, which are still shown after a restart. */
  dir: string;
  log: string;
  processes: Processes;
  ports?: { smtp: number; web: number };
  ephemeral?: boolean;
}

export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { root, dir, log, processes, ephemeral } = options;
  const smtp = await reservePort(options.ports?.smtp);
  const web = await reservePort(options.ports?.web);
  mkdirSync(join(dir, 'mail'), { recursive: true });
  // MailDev would read its settings from these variables.
  const env = Object.entries(process.env).filter(([name]) => !name.startsWith('MAILDEV_'));
  const url = `http://127.0.0.1:${web}`;
  const service = await processes.start({
    name: 'mailbox',
    command: process.execPath,
    args: [
      join(root, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js'),
      '--ip=127.0.0.1',
      `--smtp=${smtp}`,
      '--web-ip=127.0.0.1',
      `--web=${web}`,
      `--mail-directory=${join(dir, 'mail')}`,
    ],
    env: Object.fromEntries(env),
    cwd: dir, // MailDev reads configuration files in its working directory and above
    log,
    stage: STAGES.mailbox,
    ephemeral,
    ports: [smtp, web],
    ready: async () => (await fetch(`${url}/api/healthz`)).ok && isAnswering(smtp),
  });
  return { smtpUrl: `smtp://127.0.0.1:${smtp}`, url, service };
}
