import { sampleEvent, sampleEvents } from '../../../../test/support/sample-event.js';
import { decodeEvent, encodeEvent } from './event.js';

const decode = (body: string, key = 'sample.created') => decodeEvent(sampleEvents, Buffer.from(body), key);

describe('An event', () => {
  it('is flat JSON, and reads back as it was written', () => {
    const { body, eventId } = encodeEvent(sampleEvent, { sample_id: 7 });
    const json = JSON.parse(body) as Record<string, unknown>;
    expect(json).toMatchObject({ event: 'sample.created', event_id: eventId, version: 1, sample_id: 7 });
    expect(decode(body)).toEqual({ event: 'sample.created', eventId, payload: { sample_id: 7 } });
  });

  it('is as good without what we add, and with what we do not know', () => {
    expect(decode('{"event":"sample.created","sample_id":7,"mood":"good"}').payload).toEqual({
      sample_id: 7,
    });
  });

  it('of ours that breaks its contract is never published', () => {
    expect(() => encodeEvent(sampleEvent, { sample_id: 'x' })).toThrow(/sample_id/);
  });

  it.each([
    ['{', 'invalid_json'],
    ['[]', 'broken_contract'],
    ['{"event":"toString"}', 'unknown_event'],
    ['{"event":"sample.created","sample_id":0}', 'broken_contract'],
  ])('%s is refused as %s', (body, code) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code, kind: 'invalid' }) as Error);
  });
});
