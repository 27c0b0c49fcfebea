import { Wire, type ProtocolStep, type Side } from './wire.js';

const END_OF_MAIL = Buffer.from('\r\n.\r\n');
const LAST_LINE = END_OF_MAIL.subarray(2);

/** SMTP without the extensions that change its framing (no BDAT, no TLS). */
export class SmtpWire extends Wire {
  private inMail = false;
  private awaitsReply = false;
  private envelope = '';

  protected frameLength(from: Side, bytes: Buffer) {
    if (from === 'app' && this.inMail) {
      // The line that ends the mail is a frame of its own, so that a rule can stop it.
      if (bytes.subarray(0, LAST_LINE.length).equals(LAST_LINE)) return LAST_LINE.length;
      const end = bytes.indexOf(END_OF_MAIL);
      return end < 0 ? undefined : end + 2;
    }
    const end = bytes.indexOf('\n');
    return end < 0 ? undefined : end + 1;
  }

  protected readStep(from: Side, line: Buffer): ProtocolStep | undefined {
    return from === 'app' ? this.readCommand(line) : this.readReply(line);
  }

  private readCommand(line: Buffer): ProtocolStep | undefined {
    if (!this.inMail) {
      const command = line.toString().trim();
      if (/^MAIL FROM/i.test(command)) this.envelope = '';
      if (/^RCPT TO/i.test(command)) this.envelope += command;
      return undefined;
    }
    if (!line.equals(LAST_LINE)) return undefined;
    this.inMail = false;
    this.awaitsReply = true;
    return { from: 'app', name: 'mail', text: this.envelope, values: [] };
  }

  private readReply(line: Buffer): ProtocolStep | undefined {
    const code = line.toString('latin1', 0, 3);
    if (code === '354') this.inMail = true;
    if (!this.awaitsReply) return undefined;
    this.awaitsReply = false;
    return code === '250' ? { from: 'server', name: 'accepted', text: this.envelope, values: [] } : undefined;
  }
}
