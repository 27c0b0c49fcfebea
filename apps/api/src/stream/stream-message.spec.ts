import { messageOf, streamMessages } from './stream-message.js';

const payload = { order_id: 7 };

describe('A message of the stream', () => {
  it('has id, time and status of the event', () => {
    const event = { event: 'order.processed', eventId: 'a-1', occurredAt: '2026-01-15T12:00:00Z', payload };
    expect(messageOf(event)).toEqual({
      id: 'a-1',
      order_id: 7,
      event: 'order.processed',
      status: 'processed',
      at: '2026-01-15T12:00:00.000Z',
    });
  });

  it.each(['order.shipped', 'payment.captured'])('has no status if %s does not determine it', (event) => {
    expect(messageOf({ event, payload })).toMatchObject({ status: null });
  });

  it('is left out for an event about no order', () => {
    expect(messageOf({ event: 'stock.updated', payload: {} })).toBeUndefined();
  });

  it.each(['x\nevent: lost', 'x\r', '', 'ä'])('replaces an id that could forge lines: %j', (eventId) => {
    const message = messageOf({ event: 'order.created', eventId, occurredAt: 'never', payload })!;
    expect(message.id).toMatch(/^[\da-f-]{36}$/);
    expect(Number.isNaN(Date.parse(message.at))).toBe(false);
    expect(streamMessages.order(message).split('\n')).toHaveLength(5);
  });
});
