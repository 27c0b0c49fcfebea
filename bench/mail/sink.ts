import { createServer, type AddressInfo, type Socket } from 'node:net';
import { serve } from '../serve.js';

/** Mails received since the previous report, and the number of all mails received. */
export interface SinkReport {
  port: number;
  mails: { at: number; to: string; messageId: string }[];
  count: number;
}

const LINE_END = '\r\n';
const MAIL_END = '\r\n.\r\n';

let mails: SinkReport['mails'] = [];
let count = 0;

/** Accepts every mail and keeps only its time, recipient and Message-ID, so that the server uses little processor time. */
function onConnection(socket: Socket) {
  let text = '';
  let to = '';
  let readsBody = false;
  const reply = (line: string) => socket.write(line + LINE_END);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  reply('220 sink');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const terminator = readsBody ? MAIL_END : LINE_END;
      const end = text.indexOf(terminator);
      if (end < 0) return;
      const part = text.slice(0, end);
      text = text.slice(end + terminator.length);
      if (readsBody) {
        const messageId = /^message-id: *(?:\r\n )?(\S+)/im.exec(part)?.[1] ?? '';
        mails.push({ at: performance.timeOrigin + performance.now(), to, messageId });
        count += 1;
        readsBody = false;
        reply('250 accepted');
        continue;
      }
      const command = part.slice(0, 4).toUpperCase();
      if (command === 'EHLO') reply(`250-sink${LINE_END}250 8BITMIME`);
      else if (command === 'RCPT') {
        to = /<([^>]*)>/.exec(part)?.[1] ?? '';
        reply('250 accepted');
      } else if (command === 'DATA') {
        readsBody = true;
        reply('354 send the mail');
      } else if (command === 'QUIT') socket.end(`221 bye${LINE_END}`);
      else reply('250 ok');
    }
  });
}

const server = createServer(onConnection);
const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});

serve(async (): Promise<SinkReport> => {
  const report = { port: await listening, mails, count };
  mails = [];
  return report;
});
