import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { answers, reservePort } from './ports.js';
import type { Processes, Service } from './processes.js';

export interface Mailbox {
  smtpUrl: string;
  /** The mailbox for people; programs ask `<url>/api/email`. */
  url: string;
  service: Service;
}

export interface MailboxOptions {
  root: string;
  /** Where the mails are kept; they are shown again after a restart. */
  dir: string;
  log: string;
  processes: Processes;
  ports?: { smtp: number; web: number };
  expendable?: boolean;
}

export async function startMailbox(options: MailboxOptions): Promise<Mailbox> {
  const { root, dir, log, processes, expendable } = options;
  const smtp = await reservePort(options.ports?.smtp);
  const web = await reservePort(options.ports?.web);
  mkdirSync(join(dir, 'mail'), { recursive: true });
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('MAILDEV_'));
  const url = `http://127.0.0.1:${web}`;
  const service = await processes.start({
    name: 'mailbox',
    command: process.execPath,
    args: [
      join(root, 'node_modules', 'maildev', 'dist', 'bin', 'maildev.js'),
      ...['--ip', '127.0.0.1', '--smtp', String(smtp)],
      ...['--web-ip', '127.0.0.1', '--web', String(web)],
      ...['--mail-directory', join(dir, 'mail')],
    ],
    env: Object.fromEntries(own),
    cwd: dir, // it looks for configuration files there and above
    log,
    stage: 3,
    expendable,
    ports: [smtp, web],
    ready: async () => (await fetch(`${url}/api/healthz`)).ok && answers(smtp),
  });
  return { smtpUrl: `smtp://127.0.0.1:${smtp}`, url, service };
}
