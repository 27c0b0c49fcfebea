import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AmqpWire, cancelFrame } from './wire/amqp-wire.js';
import { HttpWire } from './wire/http-wire.js';
import { PostgresWire } from './wire/postgres-wire.js';
import { SmtpWire } from './wire/smtp-wire.js';
import type { Frame, ProtocolStep, Side, Wire } from './wire/wire.js';

export const DEPENDENCIES = ['postgres', 'rabbitmq', 'smtp', 'gateway'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

const WIRES = { postgres: PostgresWire, rabbitmq: AmqpWire, smtp: SmtpWire, gateway: HttpWire };

/** Breaks a connection, or kills the app, at a protocol step. */
export interface Rule {
  match: (step: ProtocolStep) => boolean;
  /**
   * - `before`: the step is not forwarded
   * - `after`: the step is forwarded
   * - `unanswered`: the step is forwarded, and the response to it is dropped
   */
  when: 'before' | 'after' | 'unanswered';
  /** `kill` ends the app with SIGKILL; `cut` closes the connection only. */
  then: 'kill' | 'cut';
  /** Number of steps that the rule applies to; 1 by default. */
  times?: number;
  /** Number of matching steps that are forwarded before the rule applies; 0 by default. */
  skip?: number;
}

interface ActiveRule extends Rule {
  remaining: number;
  remainingSkips: number;
  hits: number;
}

/** Proxy between one app and one of its dependencies. It forwards everything until a rule or a method disturbs it. */
export class Proxy {
  private readonly links = new Set<Link>();
  private readonly rules = new Set<ActiveRule>();
  private silent = false;
  private delayMs = 0;
  private readonly listeners = new Set<(step: ProtocolStep) => void>();

  private constructor(
    readonly dependency: Dependency,
    private readonly server: Server,
    private targetPort: number | undefined,
    private readonly killApp: () => void,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /**
   * @param targetPort port of the dependency on 127.0.0.1; undefined to refuse connections
   * @param killApp ends the app with SIGKILL
   */
  static async start(dependency: Dependency, targetPort: number | undefined, killApp: () => void) {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(dependency, server, targetPort, killApp);
  }

  get port() {
    return (this.server.address() as AddressInfo).port;
  }

  /** Calls the listener at every protocol step. @returns a function that removes the listener */
  onStep(listener: (step: ProtocolStep) => void) {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  /** @returns the rule with its number of `hits` */
  addRule(rule: Rule): Readonly<{ hits: number }> {
    const active = { ...rule, remaining: rule.times ?? 1, remainingSkips: rule.skip ?? 0, hits: 0 };
    this.rules.add(active);
    return active;
  }

  removeRules() {
    this.rules.clear();
  }

  cutConnections() {
    for (const link of this.links) link.destroy();
  }

  /**
   * Leads new connections to another server, like an address that moves. Open connections stay where they are.
   *
   * @param targetPort port on 127.0.0.1; undefined to refuse connections
   */
  retarget(targetPort: number | undefined) {
    this.targetPort = targetPort;
  }

  /** Cuts the connections that lead to an earlier target. */
  cutConnectionsToOtherTargets() {
    for (const link of this.links) if (link.targetPort !== this.targetPort) link.destroy();
  }

  /** Makes all connections half-open: no bytes and no end of a connection are forwarded, as if the server lost power. */
  silence() {
    this.silent = true;
    for (const link of this.links) link.silence();
  }

  /** Forwards new connections again. Connections that were silenced stay silent. */
  endSilence() {
    this.silent = false;
  }

  /** Forwards what the server sends only after this time; 0 ends that. */
  delayAnswers(milliseconds: number) {
    this.delayMs = milliseconds;
  }

  /** Closes the connections that were silenced. @returns how many the app still kept open */
  closeSilentConnections() {
    const silentLinks = [...this.links].filter((link) => link.isSilent);
    for (const link of silentLinks) link.destroy();
    return silentLinks.length;
  }

  /** Sends each consumer a `basic.cancel`, as the broker does when it cancels a consumer. */
  cancelConsumers() {
    for (const link of this.links) link.cancelConsumer();
  }

  async stop() {
    this.server.close();
    this.cutConnections();
    await once(this.server, 'close');
  }

  private accept(app: Socket) {
    const { targetPort } = this;
    if (targetPort === undefined) return void app.destroy();
    const server = connect({ port: targetPort, host: '127.0.0.1', noDelay: true });
    const link: Link = new Link(app, server, targetPort, this.dependency, (from, frame) => {
      if (from === 'app' || this.delayMs === 0) return this.handleFrame(link, from, frame);
      setTimeout(() => this.handleFrame(link, from, frame), this.delayMs);
    });
    this.links.add(link);
    if (this.silent) link.silence();
    app.once('close', () => this.links.delete(link));
  }

  private handleFrame(link: Link, from: Side, frame: Frame) {
    if (link.isSilent) return;
    const { awaitingResponse } = link;
    if (awaitingResponse && from === 'server') {
      link.silence();
      link.awaitingResponse = undefined;
      return this.apply(awaitingResponse, link);
    }
    for (const listener of frame.step ? this.listeners : []) listener(frame.step!);
    const rule = frame.step && this.findRule(frame.step);
    if (!rule) return link.forward(from, frame.bytes);
    if (rule.when === 'before') {
      link.silence();
      return this.apply(rule, link);
    }
    if (rule.when === 'unanswered') {
      link.awaitingResponse = rule;
      return link.forward(from, frame.bytes);
    }
    link.forward(from, frame.bytes, () => this.apply(rule, link));
    link.silence();
  }

  private findRule(step: ProtocolStep) {
    for (const rule of this.rules) {
      if (!rule.match(step)) continue;
      if (rule.remainingSkips-- > 0) continue;
      if (--rule.remaining <= 0) this.rules.delete(rule);
      return rule;
    }
    return undefined;
  }

  private apply(rule: ActiveRule, link: Link) {
    rule.hits += 1;
    if (rule.then === 'kill') this.killApp();
    link.destroy();
  }
}

/** One connection of the app, and the connection to the server that was opened for it. */
class Link {
  isSilent = false;
  /** Rule of kind `unanswered` whose step was forwarded and has not been answered yet. */
  awaitingResponse?: ActiveRule;
  private readonly wire: Wire;
  private readonly sockets: Record<Side, Socket>;

  constructor(
    app: Socket,
    server: Socket,
    readonly targetPort: number,
    dependency: Dependency,
    handleFrame: (from: Side, frame: Frame) => void,
  ) {
    this.wire = new WIRES[dependency]();
    this.sockets = { app, server };
    for (const from of ['app', 'server'] as const) {
      const source = this.sockets[from];
      const destination = this.sockets[oppositeOf(from)];
      source.on('data', (chunk: Buffer) => {
        if (this.isSilent) return;
        for (const frame of this.wire.split(from, chunk)) handleFrame(from, frame);
      });
      source.on('drain', () => destination.resume());
      source.on('error', () => undefined); // the event `close` follows
      // Bytes that were forwarded before still arrive. A silent link hides the end of the server's connection too.
      source.once('close', () => {
        if (!this.isSilent || from === 'app') destination.destroySoon();
      });
    }
  }

  forward(from: Side, bytes: Buffer, done?: () => void) {
    const destination = this.sockets[oppositeOf(from)];
    if (!destination.write(bytes, done)) this.sockets[from].pause();
  }

  silence() {
    this.isSilent = true;
  }

  cancelConsumer() {
    if (this.wire instanceof AmqpWire && this.wire.consumer)
      this.sockets.app.write(cancelFrame(this.wire.consumer));
  }

  destroy() {
    this.sockets.app.destroy();
    this.sockets.server.destroySoon();
  }
}

function oppositeOf(side: Side): Side {
  return side === 'app' ? 'server' : 'app';
}
