import { connect, type AmqpConnectionManager } from 'amqp-connection-manager';
import type { ConfirmChannel } from 'amqplib';
import { Proxy } from '../../../../test/faults/proxy.js';
import { createVhost } from '../../../../test/support/broker.js';
import { until } from '../../../../test/support/until.js';
import { CONNECTION_OPTIONS } from '../rabbitmq/connection-options.js';
import { closeConnection, openChannel, reconnectAfterChannelLoss } from './channel-recovery.js';

describe('Recovery of a lost channel', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let proxy: Proxy;
  let manager: AmqpConnectionManager;
  let channels: ConfirmChannel[];
  beforeAll(async () => void (vhost = await createVhost()));
  beforeEach(async () => {
    const url = new URL(vhost.url);
    proxy = await Proxy.start('rabbitmq', Number(url.port), () => undefined);
    url.port = String(proxy.port);
    channels = [];
    manager = connect([url.href], CONNECTION_OPTIONS);
    openChannel(manager, {
      setup: (channel) => Promise.resolve(channels.push(channel)),
      isLost: () => channels.length === 0,
    });
    await until('the first channel', () => channels.length === 1);
  });
  afterEach(async () => {
    proxy.cutConnections();
    await closeConnection(manager);
    await proxy.stop();
  });
  afterAll(() => vhost.drop());

  const loseChannel = async () => {
    await channels[0]!.close();
    reconnectAfterChannelLoss(manager, () => channels.length === 1);
  };

  it('opens a new channel on a new connection', async () => {
    await loseChannel();
    await until('the next channel', () => channels.length === 2);
  });

  it.each(['before', 'unanswered'] as const)(
    'opens a new channel if the connection is lost while it is being closed (%s)',
    async (when) => {
      const rule = proxy.addRule({ match: ({ name }) => name === 'connection close', when, then: 'cut' });
      await loseChannel();
      await until('the next channel', () => channels.length === 2);
      expect(rule.hits).toBe(1);
    },
  );

  it('does not wait for a connection that is lost while the process closes it', async () => {
    const rule = proxy.addRule({
      match: ({ name }) => name === 'connection close',
      when: 'before',
      then: 'cut',
    });
    const startedAt = Date.now();
    await closeConnection(manager);
    expect(Date.now() - startedAt).toBeLessThan(8_000);
    expect(rule.hits).toBe(1);
  });
});
