import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { SMTPServer } from 'smtp-server';

/** A mail server that accepts mails of one user only, and keeps the recipients. */
export class AuthenticatingSmtpServer {
  readonly recipients: string[] = [];
  private readonly server: SMTPServer;
  port = 0;

  constructor(username: string, password: string) {
    this.server = new SMTPServer({
      disabledCommands: ['STARTTLS'],
      allowInsecureAuth: true,
      disableReverseLookup: true,
      logger: false,
      onAuth: (login, _session, done) =>
        login.username === username && login.password === password
          ? done(null, { user: username })
          : done(Object.assign(new Error('Authentication failed'), { responseCode: 535 })),
      onRcptTo: ({ address }, _session, done) => {
        this.recipients.push(address);
        done();
      },
      onData: (stream, _session, done) => stream.once('end', () => done()).resume(),
    });
    this.server.on('error', () => undefined); // a refused client may disconnect
  }

  async start() {
    const listener = this.server.listen(0, '127.0.0.1');
    await once(listener, 'listening');
    this.port = (listener.address() as AddressInfo).port;
    return this;
  }

  stop = () => new Promise<void>((resolve) => this.server.close(() => resolve()));
}
