import { server } from './environment.js';

export interface Mail {
  id: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  to: { address: string; name: string }[];
}

/** All mails to an address, oldest first. */
export async function mailsTo(address: string): Promise<Mail[]> {
  const response = await fetch(new URL('/api/email', server('MAILBOX')), {
    headers: { accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`the mailbox answers ${response.status}`);
  const mails = (await response.json()) as Mail[];
  return mails.filter(({ to }) => to.some((each) => each.address === address));
}
