import type { MonitorClient } from '@estoque/database';
import type { EventTransport, IneffectiveDelivery } from '@estoque/messaging';
import { createLogger } from '@estoque/platform';
import { DeliveryRecorder } from './delivery-recorder.js';
import type { ThisProcess } from './this-process.js';

const delivery: IneffectiveDelivery = {
  queue: 'order_queue',
  event: 'order.created',
  eventId: 'ana@example.com',
  correlation: { order_id: 7 },
  outcome: 'retried',
  code: 'order_not_ready',
  attempt: 1,
  startedAt: new Date(0),
  endedAt: new Date(1),
};

describe('The record of deliveries that had no effect', () => {
  let report: (delivery: IneffectiveDelivery) => void;
  let written: unknown[][];
  const recorderWith = (query: MonitorClient['query']) => {
    const transport = { onIneffectiveDelivery: (listener: typeof report) => (report = listener) };
    return new DeliveryRecorder(
      { query } as MonitorClient,
      { id: 5 } as ThisProcess,
      createLogger('test', { LOG_LEVEL: 'silent' }),
      transport as unknown as EventTransport,
    );
  };
  const write = <Row>(_sql: string, parameters: unknown[]): Promise<Row[]> => {
    written.push(parameters);
    return Promise.resolve([]);
  };
  beforeEach(() => (written = []));

  it('is one statement, with at most 100 deliveries of a second, and without ids that could be personal data', async () => {
    const recorder = recorderWith(write);
    for (let count = 0; count < 150; count++) report(delivery);
    await recorder.onApplicationShutdown();
    const [[process, orderIds, , , eventIds] = []] = written;
    expect(written).toHaveLength(1);
    expect(process).toBe(5);
    expect(orderIds).toEqual(Array.from({ length: 100 }, () => 7));
    expect(new Set(eventIds as unknown[])).toEqual(new Set([null]));
  });

  it('leaves out a delivery about no order, and is no statement without deliveries', async () => {
    const recorder = recorderWith(write);
    report({ ...delivery, correlation: {} });
    await recorder.onApplicationShutdown();
    expect(written).toEqual([]);
  });

  it('is given up if it cannot be written', async () => {
    const recorder = recorderWith(() => Promise.reject(new Error('no connection')));
    report(delivery);
    await expect(recorder.onApplicationShutdown()).resolves.toBeUndefined();
  });
});
