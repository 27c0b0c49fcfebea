import { sampleEvent, sampleEvents } from '../../../../test/support/sample-event.js';
import { decodeEvent, encodeEvent } from './event.js';

const decode = (body: string, key = 'sample.created') => decodeEvent(sampleEvents, Buffer.from(body), key);

describe('encodeEvent and decodeEvent', () => {
  it('encode an event as flat JSON and decode it unchanged', () => {
    const { body, eventId } = encodeEvent(sampleEvent, { sample_id: 7 });
    const json = JSON.parse(body) as Record<string, unknown>;
    expect(json).toMatchObject({ event: 'sample.created', event_id: eventId, version: 1, sample_id: 7 });
    expect(decode(body)).toEqual({
      event: 'sample.created',
      eventId,
      occurredAt: json.occurred_at,
      payload: { sample_id: 7 },
    });
  });

  it('accept a message without optional fields and with unknown fields', () => {
    expect(decode('{"event":"sample.created","sample_id":7,"unknown":"ignored"}').payload).toEqual({
      sample_id: 7,
    });
  });

  it('refuse to encode an event that violates its contract', () => {
    expect(() => encodeEvent(sampleEvent, { sample_id: 'x' })).toThrow(/sample_id/);
  });

  it.each([
    ['{', 'invalid_json'],
    ['[]', 'broken_contract'],
    ['{"event":"toString"}', 'unknown_event'],
    ['{"event":"sample.created","sample_id":0}', 'broken_contract'],
  ])('refuse to decode %s: %s', (body, code) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code, kind: 'invalid' }) as Error);
  });
});
