import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer, type SMTPServerAddress } from 'smtp-server';

export interface Mail {
  /** When the mail was received, in milliseconds since 1970. */
  at: number;
  to: string;
  messageId: string;
}

interface SmtpReply {
  code: number;
  text: string;
}

/** Replies that refuse a client or a recipient. If both are unset, the mail server accepts every mail. */
export interface SmtpRefusals {
  /** Reply to every client that connects. */
  greeting?: SmtpReply;
  /** @returns the reply to RCPT TO; undefined to accept the recipient */
  recipient?: (address: string) => SmtpReply | undefined;
}

/** Mail server that keeps every copy of every mail in memory. */
export class MailSink {
  readonly mails: Mail[] = [];
  /** Recipients of every RCPT TO, accepted or not. */
  readonly recipients: string[] = [];
  refusals: SmtpRefusals = {};
  private server?: SMTPServer;
  port = 0;

  /** Listens on a free port of 127.0.0.1; when it was stopped, on the same port as before. */
  async start() {
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS', 'AUTH'],
      disableReverseLookup: true,
      logger: false,
      onConnect: (_session, done) => done(toError(this.refusals.greeting)),
      onRcptTo: ({ address }: SMTPServerAddress, _session, done) => {
        this.recipients.push(address);
        done(toError(this.refusals.recipient?.(address)));
      },
      onData: (stream, session, done) => {
        const chunks: Buffer[] = [];
        stream.on('data', (chunk: Buffer) => chunks.push(chunk));
        // The stream ends only if the last line of the mail was received.
        stream.once('end', () => {
          const source = Buffer.concat(chunks).toString();
          for (const { address } of session.envelope.rcptTo) {
            this.mails.push({ at: Date.now(), to: address, messageId: readHeader(source, 'Message-ID') });
          }
          done();
        });
      },
    });
    this.server.on('error', () => undefined); // clients are killed
    const listener = this.server.listen(this.port, '127.0.0.1');
    await once(listener, 'listening');
    this.port = (listener.address() as AddressInfo).port;
  }

  /** From now on connections are refused. */
  async stop() {
    await new Promise<void>((resolve) => (this.server ? this.server.close(resolve) : resolve()));
    this.server = undefined;
  }
}

function toError(reply?: SmtpReply) {
  return reply && Object.assign(new Error(reply.text), { responseCode: reply.code });
}

function readHeader(source: string, name: string) {
  const headers = source.slice(0, source.indexOf('\r\n\r\n')).replaceAll(/\r\n[ \t]+/g, ' ');
  return new RegExp(`^${name}: (.*)$`, 'im').exec(headers)?.[1]?.trim() ?? '';
}
