import { connect, type Socket } from 'node:net';

/** Status 0: there was no answer. */
export interface Answer {
  status: number;
  body: string;
}

const LONGEST_ANSWER_MS = 60_000;
const HEAD_END = '\r\n\r\n';

/**
 * One customer's connection: HTTP/1.1 by hand, one request at a time, kept open. A client that does no more than this
 * leaves the processors to what is measured.
 */
export class Connection {
  private socket?: Socket;
  private received: Buffer = Buffer.alloc(0);
  private answered?: (answer: Answer) => void;

  constructor(private readonly port: number) {}

  post(path: string, body: string): Promise<Answer> {
    const socket = (this.socket ??= this.open());
    return new Promise((resolve) => {
      this.answered = resolve;
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.port}\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(body)}${HEAD_END}${body}`,
      );
    });
  }

  close() {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setTimeout(LONGEST_ANSWER_MS, () => socket.destroy());
    socket.on('data', (chunk) => this.read(chunk));
    socket.on('error', () => undefined); // `close` follows
    socket.on('close', () => {
      this.socket = undefined;
      this.received = Buffer.alloc(0);
      this.answer({ status: 0, body: '' });
    });
    return socket;
  }

  private read(chunk: Buffer) {
    this.received = this.received.length === 0 ? chunk : Buffer.concat([this.received, chunk]);
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const head = this.received.toString('latin1', 0, headEnd);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    // Ours and the bare pipeline's always say it; without it the end can't be told.
    if (length === undefined) return void this.socket?.destroy();
    const end = headEnd + HEAD_END.length + Number(length);
    if (this.received.length < end) return;
    const body = this.received.toString('utf8', headEnd + HEAD_END.length, end);
    this.received = Buffer.alloc(0);
    if (/\r\nconnection: *close/i.test(head)) this.socket?.end();
    this.answer({ status: Number(head.slice(9, 12)), body });
  }

  private answer(answer: Answer) {
    const answered = this.answered;
    this.answered = undefined;
    answered?.(answer);
  }
}
