import { sampleEvents } from '../../../../test/support/sample-event.js';
import { ownTopologyOf, permissionsOf, type BrokerUse } from './broker-use.js';
import { topologyOf } from './topology.js';

const topology = topologyOf('samples', sampleEvents);
const NO_USE: BrokerUse = { publishesEvents: false, restoresBindings: false, collectsDeadLetters: false };
const worker = { ...NO_USE, queue: 'sample_queue' };

describe('permissionsOf', () => {
  const permits = (use: BrokerUse, kind: 'configure' | 'write' | 'read', name: string) =>
    new RegExp(permissionsOf(topology, use)[kind]).test(name);

  it('gives nothing to a process that does not use the broker', () => {
    expect(permissionsOf(topology, NO_USE)).toEqual({ configure: '^$', write: '^$', read: '^$' });
  });

  it('lets a worker declare and consume its own queue only', () => {
    const declared = topology.queues.filter(({ name }) => permits(worker, 'configure', name));
    const consumed = topology.queues.filter(({ name }) => permits(worker, 'read', name));
    for (const queues of [declared, consumed])
      expect(queues.map(({ name }) => name)).toEqual(['sample_queue']);
    expect(topology.exchanges.filter(({ name }) => permits(worker, 'configure', name))).toEqual([]);
  });

  it('lets a process publish events only if it declares that it does', () => {
    expect(permits(worker, 'write', 'samples')).toBe(false);
    expect(permits({ ...worker, publishesEvents: true }, 'write', 'samples')).toBe(true);
  });

  it('matches whole names, and a dot as a dot', () => {
    expect(permits(worker, 'write', 'samples.retry.v2')).toBe(true);
    expect(permits(worker, 'write', 'samples_retry_v2')).toBe(false);
    expect(permits(worker, 'read', 'my_sample_queue')).toBe(false);
    expect(permits(worker, 'read', 'sample_queue_2')).toBe(false);
  });

  it('lets a process that watches events use feed queues, and no process besides', () => {
    const watcher = { ...NO_USE, watchesEvents: true };
    for (const kind of ['configure', 'write', 'read'] as const) {
      expect(permits(watcher, kind, 'feed_queue.4f1b')).toBe(true);
      expect(permits(watcher, kind, 'feed_queue')).toBe(false);
      expect(permits(watcher, kind, 'my_feed_queue.4f1b')).toBe(false);
      expect(permits(watcher, kind, 'sample_queue')).toBe(false);
      expect(permits(worker, kind, 'feed_queue.4f1b')).toBe(false);
    }
    expect(permits(watcher, 'read', 'samples')).toBe(true);
    expect(permits(watcher, 'write', 'samples')).toBe(false);
  });

  it('lets the collector of dead letters declare every exchange, and every queue that is no work queue', () => {
    const collector = { ...NO_USE, collectsDeadLetters: true };
    const own = ownTopologyOf(topology, collector);
    expect(own.exchanges).toEqual(topology.exchanges.map(({ name }) => name));
    expect(own.queues).not.toContain('sample_queue');
    expect(own.queues).toHaveLength(topology.queues.length - 1);
    expect(permits(collector, 'read', 'sample_queue')).toBe(false);
  });
});
