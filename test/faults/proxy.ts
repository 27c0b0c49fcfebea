import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { AmqpWire, cancelFrame, PostgresWire, SmtpWire, type Piece, type Side, type Step } from './wire.js';

export const DEPENDENCIES = ['postgres', 'rabbitmq', 'smtp'] as const;
export type Dependency = (typeof DEPENDENCIES)[number];

const WIRES = { postgres: PostgresWire, rabbitmq: AmqpWire, smtp: SmtpWire };

export interface Rule {
  match: (step: Step) => boolean;
  /**
   * - `before`: the step never reaches the other side
   * - `after`: it does
   * - `unanswered`: it does and is answered, and the answer never arrives
   */
  when: 'before' | 'after' | 'unanswered';
  then: 'kill' | 'cut';
  /** For how many steps it serves; 1 unless told. */
  times?: number;
  /** Steps to let pass first. */
  skip?: number;
}

interface ArmedRule extends Rule {
  left: number;
  toSkip: number;
  hits: number;
}

/** Stands between one app and one of its neighbours; lets everything pass, until it is told otherwise. */
export class Proxy {
  private readonly links = new Set<Link>();
  private readonly rules = new Set<ArmedRule>();
  private silent = false;
  private readonly watchers = new Set<(step: Step) => void>();

  private constructor(
    readonly neighbour: Dependency,
    private readonly server: Server,
    private readonly target: number,
    private readonly kill: () => void,
  ) {
    server.on('connection', (socket) => this.accept(socket));
  }

  /** @param kill ends the app with SIGKILL */
  static async start(neighbour: Dependency, target: number, kill: () => void) {
    const server = createServer({ noDelay: true });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new Proxy(neighbour, server, target, kill);
  }

  get port() {
    return (this.server.address() as AddressInfo).port;
  }

  /** Every step that passes. @returns what ends it */
  onStep(watcher: (step: Step) => void) {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** @returns the rule with its count of `hits` */
  arm(rule: Rule): Readonly<{ hits: number }> {
    const armed = { ...rule, left: rule.times ?? 1, toSkip: rule.skip ?? 0, hits: 0 };
    this.rules.add(armed);
    return armed;
  }

  disarm() {
    this.rules.clear();
  }

  /** Cuts all connections. */
  cut() {
    for (const link of this.links) link.destroy();
  }

  /** From now on nothing passes, and nobody is told: the other side might as well have lost its power. */
  goSilent() {
    this.silent = true;
    for (const link of this.links) link.silence();
  }

  /** New connections pass again. Those that went silent stay so: nothing on them is ever answered. */
  speakAgain() {
    this.silent = false;
  }

  /** Ends what went silent. @returns how many connections the app still held */
  buryTheSilent() {
    const dead = [...this.links].filter((link) => link.isSilent);
    for (const link of dead) link.destroy();
    return dead.length;
  }

  /** Says to each consumer that the broker has cancelled it. */
  cancelConsumers() {
    for (const link of this.links) link.cancelConsumer();
  }

  async stop() {
    this.server.close();
    this.cut();
    await once(this.server, 'close');
  }

  private accept(app: Socket) {
    const server = connect({ port: this.target, host: '127.0.0.1', noDelay: true });
    const link: Link = new Link(app, server, this.neighbour, (from, piece) => this.pass(link, from, piece));
    this.links.add(link);
    if (this.silent) link.silence();
    app.once('close', () => this.links.delete(link));
  }

  private pass(link: Link, from: Side, piece: Piece) {
    if (link.isSilent) return;
    const { waiting } = link;
    if (waiting && from === 'server') {
      link.silence();
      link.waiting = undefined;
      return this.fire(waiting, link);
    }
    for (const watcher of piece.step ? this.watchers : []) watcher(piece.step!);
    const rule = piece.step && this.ruleFor(piece.step);
    if (!rule) return link.forward(from, piece.bytes);
    if (rule.when === 'before') {
      link.silence();
      return this.fire(rule, link);
    }
    if (rule.when === 'unanswered') {
      link.waiting = rule;
      return link.forward(from, piece.bytes);
    }
    link.forward(from, piece.bytes, () => this.fire(rule, link));
    link.silence();
  }

  private ruleFor(step: Step) {
    for (const rule of this.rules) {
      if (!rule.match(step)) continue;
      if (rule.toSkip-- > 0) continue;
      if (--rule.left <= 0) this.rules.delete(rule);
      return rule;
    }
    return undefined;
  }

  private fire(rule: ArmedRule, link: Link) {
    rule.hits += 1;
    if (rule.then === 'kill') this.kill();
    link.destroy();
  }
}

/** One connection of the app, and the one made for it to the server. */
class Link {
  isSilent = false;
  /** A rule whose step was passed on and waits for its answer. */
  waiting?: ArmedRule;
  private readonly wire: PostgresWire | AmqpWire | SmtpWire;
  private readonly sockets: Record<Side, Socket>;

  constructor(app: Socket, server: Socket, neighbour: Dependency, pass: (from: Side, piece: Piece) => void) {
    this.wire = new WIRES[neighbour]();
    this.sockets = { app, server };
    for (const from of ['app', 'server'] as const) {
      const [socket, other] = [this.sockets[from], this.sockets[from === 'app' ? 'server' : 'app']];
      socket.on('data', (chunk: Buffer) => {
        if (this.isSilent) return;
        for (const piece of this.wire.cut(from, chunk)) pass(from, piece);
      });
      socket.on('drain', () => other.resume());
      socket.on('error', () => undefined); // followed by its close
      // What was passed on before still arrives. Silence includes the news of an end.
      socket.once('close', () => {
        if (!this.isSilent || from === 'app') other.destroySoon();
      });
    }
  }

  forward(from: Side, bytes: Buffer, done?: () => void) {
    const to = this.sockets[from === 'app' ? 'server' : 'app'];
    if (!to.write(bytes, done)) this.sockets[from].pause();
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
