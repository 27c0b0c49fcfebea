import { connect, type Channel, type ChannelModel } from 'amqplib';
import { callTestBrokerApi, createVhost } from '../../../../test/support/broker.js';
import { sampleEvents } from '../../../../test/support/sample-event.js';
import { ownTopologyOf, permissionsOf, type BrokerUse } from './broker-use.js';
import { declareTopology } from './topology-declaration.js';
import { topologyOf } from './topology.js';

const topology = topologyOf('samples', sampleEvents);
const NO_USE: BrokerUse = { publishesEvents: false, restoresBindings: false, collectsDeadLetters: false };
const WORKER = { ...NO_USE, queue: 'sample_queue' };
const COLLECTOR = { ...NO_USE, restoresBindings: true, collectsDeadLetters: true };

describe('The declaration of the topology', () => {
  let vhost: Awaited<ReturnType<typeof createVhost>>;
  let administrator: ChannelModel;
  const connections: ChannelModel[] = [];
  const users: string[] = [];
  beforeEach(async () => {
    vhost = await createVhost();
    administrator = await connect(vhost.url);
    connections.push(administrator);
  });
  afterEach(async () => {
    for (const connection of connections.splice(0)) await connection.close().catch(() => undefined);
    for (const user of users.splice(0)) await callTestBrokerApi('DELETE', `/api/users/${user}`);
    await vhost.drop();
  });

  /** Declares the topology as a user with the permissions for this use. @returns what does not exist, and the channel */
  async function declareAs(use: BrokerUse) {
    const user = `user-${crypto.randomUUID()}`;
    users.push(user);
    await callTestBrokerApi('PUT', `/api/users/${user}`, { password: 'secret', tags: '' });
    await callTestBrokerApi('PUT', `/api/permissions/${vhost.name}/${user}`, permissionsOf(topology, use));
    const url = new URL(vhost.url);
    url.username = user;
    url.password = 'secret';
    const connection = await connect(url.href);
    connection.on('error', () => undefined);
    connections.push(connection);
    const channel = await connection.createChannel();
    channel.on('error', () => undefined);
    const own = { ...topology, own: ownTopologyOf(topology, use) };
    const missing = await declareTopology(channel, own, () => connection.createChannel());
    return { missing, channel };
  }

  /** Whether a message with this routing key reaches a queue. */
  async function isBound(routingKey: string, queue: string) {
    const channel = await administrator.createConfirmChannel();
    channel.publish('samples', routingKey, Buffer.from('{}'));
    await channel.waitForConfirms();
    return Boolean(await channel.get(queue, { noAck: true }));
  }

  const isRefused = (request: (channel: Channel) => Promise<unknown>, channel: Channel) =>
    expect(request(channel)).rejects.toThrow('ACCESS_REFUSED');

  it('is complete once the collector and the worker have each declared their part, in any sequence', async () => {
    await expect(declareAs(WORKER)).rejects.toThrow(/^the exchange samples\S* does not exist/);
    expect((await declareAs(COLLECTOR)).missing).toEqual(['sample_queue']);
    expect((await declareAs(WORKER)).missing).toEqual([]);
    expect(await isBound('sample.created', 'sample_queue')).toBe(true);
  });

  it('names what does not exist, continues without it, and restores the binding when it exists', async () => {
    const { missing } = await declareAs(COLLECTOR);
    expect(missing).toEqual(['sample_queue']);
    expect((await declareAs(WORKER)).missing).toEqual([]);
    const channel = await administrator.createChannel();
    await channel.unbindQueue('sample_queue', 'samples', 'sample.created');
    expect(await isBound('sample.created', 'sample_queue')).toBe(false);
    expect((await declareAs(COLLECTOR)).missing).toEqual([]);
    expect(await isBound('sample.created', 'sample_queue')).toBe(true);
  });

  it('creates everything if the user may do that', async () => {
    const channel = await administrator.createChannel();
    const own = { ...topology, own: ownTopologyOf(topology, WORKER) };
    expect(await declareTopology(channel, own, () => administrator.createChannel())).toEqual([]);
    for (const { name } of topology.queues) await channel.checkQueue(name);
    expect(await isBound('sample.created', 'sample_queue')).toBe(true);
    expect(await isBound('sample.unknown', 'unrouted_queue')).toBe(true);
  });

  it('is all that the users may do: neither deletes nor consumes what belongs to the other', async () => {
    await declareAs(COLLECTOR);
    const { channel: asWorker } = await declareAs(WORKER);
    await isRefused((channel) => channel.deleteQueue('dead_letter_queue'), asWorker);
    const { channel: asCollector } = await declareAs(COLLECTOR);
    await isRefused((channel) => channel.consume('sample_queue', () => undefined), asCollector);
  });
});
