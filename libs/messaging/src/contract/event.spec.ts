import { sampleEvent, sampleEvents } from '../../../../test/support/sample-event.js';
import { decodeEvent, encodeEvent } from './event.js';

const decode = (body: string, key = 'thing.happened') => decodeEvent(sampleEvents, Buffer.from(body), key);

describe('An event', () => {
  it('is flat JSON, and reads back as it was written', () => {
    const { body, eventId } = encodeEvent(sampleEvent, { thing_id: 7 });
    const json = JSON.parse(body) as Record<string, unknown>;
    expect(json).toMatchObject({ event: 'thing.happened', event_id: eventId, version: 1, thing_id: 7 });
    expect(decode(body)).toEqual({ event: 'thing.happened', eventId, payload: { thing_id: 7 } });
  });

  it('is as good without what we add, and with what we do not know', () => {
    expect(decode('{"event":"thing.happened","thing_id":7,"mood":"good"}').payload).toEqual({ thing_id: 7 });
  });

  it('of ours that breaks its contract is never published', () => {
    expect(() => encodeEvent(sampleEvent, { thing_id: 'x' })).toThrow(/thing_id/);
  });

  it.each([
    ['{', 'invalid_json'],
    ['[]', 'broken_contract'],
    ['{"event":"toString"}', 'unknown_event'],
    ['{"event":"thing.happened","thing_id":0}', 'broken_contract'],
  ])('%s is refused as %s', (body, code) => {
    expect(() => decode(body)).toThrow(expect.objectContaining({ code, kind: 'invalid' }) as Error);
  });
});
