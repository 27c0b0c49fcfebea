import { stackOf } from './error-stack.js';

const errorWith = (...frames: string[]) => {
  const error = new Error('the order of ana@example.com\n    is wrong');
  error.stack = [`Error: ${error.message}`, ...frames.map((frame) => `    at ${frame}`)].join('\n');
  return error;
};

describe('stackOf', () => {
  it('names the files of the project from its folder, and no other folder', () => {
    const error = errorWith(
      'OrderConsumer.onOrderCreated (/home/ana/estoque/apps/order-worker/src/order.consumer.ts:24:13)',
      'async /home/ana/estoque/libs/messaging/src/settlement.ts:7:1',
      'Client.query (/srv/app/node_modules/pg/lib/client.js:545:17)',
      'process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
      'run (/home/ana/other/script.js:1:2)',
    );
    expect(stackOf(error)).toBe(
      [
        'at OrderConsumer.onOrderCreated (apps/order-worker/src/order.consumer.ts:24:13)',
        'at async libs/messaging/src/settlement.ts:7:1',
        'at Client.query (node_modules/pg/lib/client.js:545:17)',
        'at process.processTicksAndRejections (node:internal/process/task_queues:105:5)',
        'at run (script.js:1:2)',
      ].join('\n'),
    );
  });

  it('contains nothing of the message', () => {
    expect(stackOf(errorWith('run (/srv/app/dist/main.js:1:2)'))).toBe('at run (dist/main.js:1:2)');
  });

  it('is bounded', () => {
    const frames = Array.from({ length: 50 }, () => `${'x'.repeat(500)} (/srv/app/dist/main.js:1:2)`);
    const stack = stackOf(errorWith(...frames))!;
    expect(stack).toHaveLength(2_000);
    const short = frames.map(() => 'run (/srv/app/dist/main.js:1:2)');
    expect(stackOf(errorWith(...short))!.split('\n')).toHaveLength(10);
  });

  it.each([undefined, null, 'text', { stack: 'at x' }])(
    'is undefined for what is not an error: %j',
    (error) => {
      expect(stackOf(error)).toBeUndefined();
    },
  );
});
