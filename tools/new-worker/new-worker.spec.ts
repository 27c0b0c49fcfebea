import { readFileSync } from 'node:fs';
import { parse, parseAllDocuments } from 'yaml';
import { APPS } from '../../apps/manifest.js';
import { changedFiles } from './edits.js';
import { newFiles } from './templates.js';
import { describeWorker, NewWorkerError, type NewWorker } from './worker.js';

const NAME = 'example-note-worker';
const POSTGRES = 'deploy/kubernetes/overlays/production/postgres.yaml';
const read = (path: string) => readFileSync(path, 'utf8');
const worker = (...events: string[]) => describeWorker(NAME, events);

/** Lines that the new text does not have, and lines that it has in addition. */
function compareLines(before: string, after: string) {
  const [old, current] = [before.split('\n'), after.split('\n')];
  return {
    removed: old.filter((line) => !current.includes(line)),
    added: current.filter((line) => !old.includes(line)),
  };
}

describe('describeWorker', () => {
  it('derives all names, and the next free port', () => {
    const described = worker('order.processed', 'order.cancelled', 'order.processed');
    expect(described).toEqual({
      name: NAME,
      base: 'example-note',
      className: 'ExampleNote',
      queue: 'example_note_queue',
      port: Math.max(...APPS.map(({ port }) => port)) + 1,
      previous: APPS.at(-1)!.name,
      events: [
        { name: 'order.processed', className: 'OrderProcessed' },
        { name: 'order.cancelled', className: 'OrderCancelled' },
      ],
    });
  });

  it.each([
    ['invoice', ['order.processed'], 'is not a name for a worker'],
    ['Invoice-worker', ['order.processed'], 'is not a name for a worker'],
    ['invoice--worker', ['order.processed'], 'is not a name for a worker'],
    ['-worker', ['order.processed'], 'is not a name for a worker'],
    [`${'a'.repeat(40)}-worker`, ['order.processed'], 'is not a name for a worker'],
    ['order-worker', ['order.processed'], 'apps/manifest.ts lists it'],
    ['dead-letter-worker', ['order.processed'], 'a queue that exists'],
    [NAME, [], '--consumes'],
    [NAME, ['order.paid'], 'There is no event order.paid. The events are order.created,'],
    [NAME, ['toString'], 'There is no event toString'],
    [NAME, ['stock.updated'], 'does not require an order_id'],
  ])('refuses %s with the events %j', (name, events, message) => {
    const describe = () => describeWorker(name, events);
    expect(describe).toThrow(NewWorkerError);
    expect(describe).toThrow(message);
  });
});

describe('changedFiles', () => {
  const changed = changedFiles(worker('order.processed'), read);

  it.each(Object.keys(changed))('changes %s by additional text only', (path) => {
    const before = read(path);
    const { removed, added } = compareLines(before, changed[path]!);
    expect(added.length).toBeGreaterThan(0);
    // A list in one line becomes longer. Everything else keeps its line.
    for (const line of removed) {
      const [head, tail] = [line.slice(0, 20), line.slice(-1)];
      expect(added.some((longer) => longer.startsWith(head) && longer.endsWith(tail))).toBe(true);
    }
  });

  it('writes valid YAML and JSON that contains the worker', () => {
    const paths = Object.keys(changed).filter((path) => /\.(ya?ml|json)$/.test(path));
    expect(paths.length).toBeGreaterThan(8);
    for (const path of paths) {
      const documents = parseAllDocuments(changed[path]!, { merge: true });
      expect(documents.flatMap(({ errors }) => errors)).toEqual([]);
      expect(JSON.stringify(documents.map((document) => document.toJS() as unknown))).toContain(NAME);
    }
  });

  it('binds the queue to each event, and has it confirmed', () => {
    const two = changedFiles(worker('order.processed', 'order.created'), read);
    for (const event of ['order.processed', 'order.created']) {
      const text = two[`libs/domain/src/events/${event}.ts`]!;
      expect(text).toMatch(/consumedBy: \[[^\]]*'example_note_queue'\]/);
      expect(text).toMatch(/confirmedBy: \[[^\]]*'example_note_queue'\]/);
    }
    const formatted = "consumedBy: [\n    'a_queue',\n    'b_queue',\n  ],\n  confirmedBy: [],";
    const edited = changedFiles(worker('order.processed'), (path) =>
      path.endsWith('order.processed.ts') ? formatted : read(path),
    );
    expect(edited['libs/domain/src/events/order.processed.ts']!.replaceAll(/\s+/g, ' ')).toBe(
      "consumedBy: ['a_queue', 'b_queue', 'example_note_queue'], confirmedBy: ['example_note_queue'],",
    );
  });

  it('raises max_connections only if the connection pools of all pods need it', () => {
    const SETTING = /max_connections: '\d+'/;
    const withMaxConnections = (count: number) => (path: string) =>
      read(path).replace(SETTING, `max_connections: '${count}'`);
    expect(changedFiles(worker('order.processed'), withMaxConnections(1_000))[POSTGRES]).toContain(
      `max_connections: '1000'`,
    );
    const raised = changedFiles(worker('order.processed'), withMaxConnections(100))[POSTGRES]!;
    const [setting] = SETTING.exec(raised)!;
    expect(Number(/\d+/.exec(setting)![0])).toBeGreaterThan(200);
  });

  it('throws an error with the path of a file that has no place for the change', () => {
    const withOtherText = (path: string) => (file: string) => (file === path ? 'other: text\n' : read(file));
    for (const path of Object.keys(changed).filter((file) => !file.endsWith('scaling.yaml')))
      expect(() => changedFiles(worker('order.processed'), withOtherText(path))).toThrow(
        `${path} cannot be changed`,
      );
  });

  it('adds a second worker after the first one', () => {
    const first = worker('order.processed');
    const second: NewWorker = {
      ...describeWorker('example-other-worker', ['order.processed']),
      port: first.port + 1,
      previous: NAME,
    };
    const both = changedFiles(second, (path) => changed[path] ?? read(path));
    const matrix = parse(both['.github/workflows/ci.yml']!) as {
      jobs: { image: { strategy: { matrix: { app: string[] } } } };
    };
    expect(matrix.jobs.image.strategy.matrix.app.slice(-2)).toEqual([NAME, 'example-other-worker']);
  });
});

describe('newFiles', () => {
  it('gives every event a handler, a batch and tests', () => {
    const files = newFiles(worker('order.processed', 'order.cancelled'));
    const [consumer, service] = ['consumer', 'service'].map(
      (kind) => files[`apps/${NAME}/src/example-note.${kind}.ts`]!,
    );
    for (const name of ['OrderProcessed', 'OrderCancelled']) {
      expect(consumer).toContain(`return this.service.handle${name}(order);`);
      expect(service).toContain(`private handle${name}Batch(`);
    }
    const journey = files[`test/journeys/${NAME}.spec.ts`]!;
    expect(journey).toContain('handles order.processed once');
    expect(journey).toContain('handles order.cancelled once');
  });
});
