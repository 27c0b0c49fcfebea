import { createServer, type AddressInfo, type Socket } from 'node:net';
import { serve } from '../serve.js';

/** Mails taken since the last question, with the number of all of them. */
export interface SinkReport {
  port: number;
  mails: { at: number; to: string; messageId: string }[];
  count: number;
}

const LINE_END = '\r\n';
const MAIL_END = '\r\n.\r\n';

let mails: SinkReport['mails'] = [];
let count = 0;

/** Takes every mail, keeps who it was for and its Message-ID: no more than what costs nothing. */
function converse(socket: Socket) {
  let text = '';
  let to = '';
  let reading = false;
  const say = (line: string) => socket.write(line + LINE_END);
  socket.setNoDelay(true);
  socket.on('error', () => undefined);
  say('220 sink');
  socket.on('data', (chunk) => {
    text += chunk.toString('latin1');
    for (;;) {
      const mark = reading ? MAIL_END : LINE_END;
      const end = text.indexOf(mark);
      if (end < 0) return;
      const piece = text.slice(0, end);
      text = text.slice(end + mark.length);
      if (reading) {
        const messageId = /^message-id: *(?:\r\n )?(\S+)/im.exec(piece)?.[1] ?? '';
        mails.push({ at: performance.timeOrigin + performance.now(), to, messageId });
        count += 1;
        reading = false;
        say('250 taken');
        continue;
      }
      const command = piece.slice(0, 4).toUpperCase();
      if (command === 'EHLO') say(`250-sink${LINE_END}250 8BITMIME`);
      else if (command === 'RCPT') {
        to = /<([^>]*)>/.exec(piece)?.[1] ?? '';
        say('250 welcome');
      } else if (command === 'DATA') {
        reading = true;
        say('354 go on');
      } else if (command === 'QUIT') socket.end(`221 bye${LINE_END}`);
      else say('250 ok');
    }
  });
}

const server = createServer(converse);
const listening = new Promise<number>((resolve) => {
  server.listen(0, '127.0.0.1', () => resolve((server.address() as AddressInfo).port));
});

serve(async (): Promise<SinkReport> => {
  const report = { port: await listening, mails, count };
  mails = [];
  return report;
});
