import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAddress } from 'smtp-server';

export interface Mail {
  at: number;
  to: string;
  messageId: string;
}

/** How the mail server behaves: refuses whom, and how. */
export interface Mood {
  /** Answers everybody who connects with this. */
  greeting?: { code: number; text: string };
  /** Answers RCPT TO with this; undefined: welcome. */
  recipient?: (address: string) => { code: number; text: string } | undefined;
}

/** A mail server that keeps what it takes in memory, each copy of each mail. */
export class MailSink {
  readonly mails: Mail[] = [];
  /** Every RCPT TO, welcome or not. */
  readonly asked: string[] = [];
  mood: Mood = {};
  private server?: SMTPServer;
  port = 0;

  async start() {
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onConnect: (_session, done) => done(errorOf(this.mood.greeting)),
      onRcptTo: ({ address }: SMTPServerAddress, _session, done) => {
        this.asked.push(address);
        done(errorOf(this.mood.recipient?.(address)));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        // Only a mail that was sent to its last line comes to an end.
        stream.once('end', () => {
          const source = Buffer.concat(chunks).toString();
          for (const { address } of session.envelope.rcptTo) {
            this.mails.push({ at: Date.now(), to: address, messageId: header(source, 'Message-ID') });
          }
          done();
        });
      },
    });
    this.server.on('error', () => undefined); // clients that are killed
    const listener = this.server.listen(this.port, '127.0.0.1');
    await once(listener, 'listening');
    this.port = (listener.address() as AddressInfo).port;
  }

  /** No longer there: connections are refused. */
  async stop() {
    await new Promise<void>((resolve) => (this.server ? this.server.close(resolve) : resolve()));
    this.server = undefined;
  }
}

function errorOf(answer?: { code: number; text: string }) {
  return answer && Object.assign(new Error(answer.text), { responseCode: answer.code });
}

function header(source: string, name: string) {
  const head = source.slice(0, source.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}
