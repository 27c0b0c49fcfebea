import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

export interface RawAnswer {
  status: number;
  headers: Headers;
  body: string;
}

/** A TCP connection to an HTTP server, for requests that no HTTP client would send. */
export class RawConnection {
  private received = '';
  private readonly closed: Promise<unknown>;

  private constructor(readonly socket: Socket) {
    socket.on('error', () => undefined); // the event `close` follows
    this.closed = once(socket, 'close');
  }

  /** @param reads whether answers are read */
  static async open(url: string, { reads = true } = {}): Promise<RawConnection> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port) });
    const connection = new RawConnection(socket);
    if (reads) socket.setEncoding('utf8').on('data', (text: string) => (connection.received += text));
    else socket.pause();
    await once(socket, 'connect');
    return connection;
  }

  write(text: string) {
    this.socket.write(text);
    return this;
  }

  get isClosed() {
    return this.socket.closed;
  }

  /** All complete answers so far. */
  get answers(): RawAnswer[] {
    const answers: RawAnswer[] = [];
    let rest = this.received;
    for (let end = rest.indexOf('\r\n\r\n'); end >= 0; end = rest.indexOf('\r\n\r\n')) {
      const [statusLine, ...lines] = rest.slice(0, end).split('\r\n');
      const headers = new Headers(lines.map((line) => line.split(/: */, 2) as [string, string]));
      const body = Buffer.from(rest.slice(end + 4));
      const length = Number(headers.get('content-length') ?? 0);
      if (body.length < length) break;
      answers.push({
        status: Number(statusLine!.split(' ')[1]),
        headers,
        body: body.toString('utf8', 0, length),
      });
      rest = body.toString('utf8', length);
    }
    return answers;
  }

  /** Resolves when the server has closed the connection. @returns all answers */
  async untilClosed(): Promise<RawAnswer[]> {
    await this.closed;
    return this.answers;
  }

  close() {
    this.socket.destroy();
  }
}
