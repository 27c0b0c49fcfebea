import { serverUrl } from './environment.js';

export interface Mail {
  id: string;
  subject: string;
  html: string;
  text: string;
  headers: Record<string, string>;
  to: { address: string; name: string }[];
}

/** Reads all mails to an address from the test mailbox, oldest first. */
export async function fetchMailsTo(address: string): Promise<Mail[]> {
  const response = await fetch(new URL('/api/email', serverUrl('MAILBOX')), {
    headers: { accept: 'application/json' },
  });
  if (!response.ok) throw new Error(`the mailbox responded with ${response.status}`);
  const mails = (await response.json()) as Mail[];
  return mails.filter(({ to }) => to.some((recipient) => recipient.address === address));
}
