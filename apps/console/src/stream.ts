import { useEffect, useRef, useState } from 'react';
import { credential } from './session/credential.js';

/** An event of an order, as `GET /v1/stream` sends it. */
export interface OrderEvent {
  order_id: number;
  event: string;
  status: string | null;
  at: string;
}

interface Listener {
  onOrder?: (event: OrderEvent) => void;
  /** Events were lost; null: it is not known how many. */
  onLost?: (count: number | null) => void;
  /** There are too many events to send them one by one. */
  onRate?: (rate: { seconds: number; events: Record<string, number> }) => void;
}

export type StreamState = 'connecting' | 'open' | 'refused';

const RECONNECT_MS = 2_000;

/** Reads the stream until the signal aborts. `EventSource` cannot send a credential. */
async function readStream(
  url: string,
  signal: AbortSignal,
  onEvent: (event: string, data: unknown) => void,
  onState: (state: StreamState) => void,
) {
  let lastEventId: string | undefined;
  while (!signal.aborted) {
    try {
      const response = await fetch(url, {
        signal,
        headers: {
          accept: 'text/event-stream',
          authorization: `Bearer ${credential()}`,
          ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
        },
      });
      // Outages and limits end; a credential that is refused stays refused.
      if ([401, 403, 404, 422].includes(response.status)) return onState('refused');
      if (response.ok && response.body) {
        onState('open');
        await readEvents(response.body, ({ id, event, data }) => {
          lastEventId = id ?? lastEventId;
          onEvent(event, JSON.parse(data));
        });
      }
    } catch {
      // The connection was lost.
    }
    if (signal.aborted) return;
    onState('connecting');
    await new Promise((resolve) => setTimeout(resolve, RECONNECT_MS));
  }
}

async function readEvents(
  body: ReadableStream<Uint8Array<ArrayBuffer>>,
  onEvent: (event: { id?: string; event: string; data: string }) => void,
) {
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const blocks = (rest + value).split('\n\n');
    rest = blocks.pop() ?? '';
    for (const block of blocks) {
      const fields = new Map(
        block.split('\n').map((line) => {
          const colon = line.indexOf(': ');
          return [line.slice(0, colon), line.slice(colon + 2)] as const;
        }),
      );
      const [event, data] = [fields.get('event'), fields.get('data')];
      if (event !== undefined && data !== undefined) onEvent({ id: fields.get('id'), event, data });
    }
  }
}

/** Watches the events of all orders, or of one. @returns whether the stream is connected */
export function useStream(listener: Listener, orderId?: number): StreamState {
  const [state, setState] = useState<StreamState>('connecting');
  const latest = useRef(listener);
  useEffect(() => {
    latest.current = listener;
  });
  useEffect(() => {
    const abort = new AbortController();
    const url = orderId === undefined ? '/v1/stream' : `/v1/stream?order_id=${orderId}`;
    const onEvent = (event: string, data: unknown) => {
      const { onOrder, onLost, onRate } = latest.current;
      if (event === 'order') onOrder?.(data as OrderEvent);
      else if (event === 'lost') onLost?.((data as { count: number | null }).count);
      else if (event === 'rate') onRate?.(data as Parameters<NonNullable<typeof onRate>>[0]);
    };
    void readStream(url, abort.signal, onEvent, setState);
    return () => abort.abort();
  }, [orderId]);
  return state;
}
