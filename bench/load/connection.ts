import { connect, type Socket } from 'node:net';

/** Answer to a request. Status 0: the connection closed without an answer. */
export interface Answer {
  status: number;
  body: string;
}

const ANSWER_TIMEOUT_MS = 60_000;
const HEAD_END = '\r\n\r\n';

/**
 * Keep-alive connection of one client: minimal HTTP/1.1, one request at a time. It uses so little processor time that
 * the load generator barely affects the measurement.
 */
export class Connection {
  private socket?: Socket;
  private received: Buffer = Buffer.alloc(0);
  private resolveAnswer?: (answer: Answer) => void;

  /** @param authorization value of the header `Authorization` */
  constructor(
    private readonly port: number,
    private readonly authorization: string,
  ) {}

  post(path: string, body: string): Promise<Answer> {
    const socket = (this.socket ??= this.open());
    return new Promise((resolve) => {
      this.resolveAnswer = resolve;
      socket.write(
        `POST ${path} HTTP/1.1\r\nhost: 127.0.0.1:${this.port}\r\nauthorization: ${this.authorization}\r\n` +
          `content-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}${HEAD_END}${body}`,
      );
    });
  }

  close() {
    this.socket?.destroy();
  }

  private open(): Socket {
    const socket = connect({ port: this.port, host: '127.0.0.1', noDelay: true });
    socket.setTimeout(ANSWER_TIMEOUT_MS, () => socket.destroy());
    socket.on('data', (chunk) => {
      if (this.socket === socket) this.read(chunk);
    });
    socket.on('error', () => undefined); // the `close` event follows and resolves the request
    socket.on('close', () => {
      if (this.socket !== socket) return;
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
    // Product and baseline always send a content length; without it the end of the answer is unknown.
    if (length === undefined) return void this.socket?.destroy();
    const end = headEnd + HEAD_END.length + Number(length);
    if (this.received.length < end) return;
    const body = this.received.toString('utf8', headEnd + HEAD_END.length, end);
    this.received = Buffer.alloc(0);
    if (/\r\nconnection: *close/i.test(head)) {
      this.socket?.end();
      // The next request opens a new connection.
      this.socket = undefined;
    }
    this.answer({ status: Number(head.slice(9, 12)), body });
  }

  private answer(answer: Answer) {
    const resolve = this.resolveAnswer;
    this.resolveAnswer = undefined;
    resolve?.(answer);
  }
}
