import { authorization } from './credentials.js';
import { until } from './until.js';

export interface StreamEvent {
  id?: string;
  event: string;
  data: Record<string, unknown>;
}

/** A client of server-sent events. */
export class EventStream {
  readonly events: StreamEvent[] = [];
  /** Comments and other lines that belong to no event. */
  text = '';
  /** Whether the server has ended the answer. */
  isEnded = false;
  private readonly abort = new AbortController();

  private constructor(readonly url: string) {}

  /** @throws Error if the answer is no stream */
  static async open(url: string, headers: Record<string, string> = {}): Promise<EventStream> {
    const stream = new EventStream(url);
    const response = await fetch(url, {
      headers: { accept: 'text/event-stream', ...authorization(), ...headers },
      signal: stream.abort.signal,
    });
    if (response.status !== 200) throw new Error(`${response.status} ${await response.text()}`);
    void stream.read(response.body!);
    await until('the stream to begin', () => stream.text.includes('retry:'));
    return stream;
  }

  close() {
    this.abort.abort();
  }

  /** Waits for an event. @returns the first one */
  waitFor(name: string, data: Record<string, unknown> = {}): Promise<StreamEvent> {
    const isExpected = (event: StreamEvent) =>
      event.event === name && Object.entries(data).every(([field, value]) => event.data[field] === value);
    return until(`${name} ${JSON.stringify(data)}`, () => this.events.find(isExpected));
  }

  private async read(body: ReadableStream<Uint8Array>) {
    const decoder = new TextDecoder();
    try {
      // Node's fetch returns streams that can be iterated.
      for await (const chunk of body as unknown as AsyncIterable<Uint8Array>)
        this.append(decoder.decode(chunk, { stream: true }));
      this.isEnded = true;
    } catch {
      // The client has closed the connection, or it was cut.
    }
  }

  private rest = '';

  private append(text: string) {
    this.text += text;
    const blocks = (this.rest + text).split('\n\n');
    this.rest = blocks.pop()!;
    for (const block of blocks) {
      const fields = Object.fromEntries(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)];
        }),
      ) as { id?: string; event?: string; data?: string };
      if (fields.event && fields.data)
        this.events.push({
          id: fields.id,
          event: fields.event,
          data: JSON.parse(fields.data) as Record<string, unknown>,
        });
    }
  }
}
