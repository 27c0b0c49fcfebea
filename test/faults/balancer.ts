import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * What a Kubernetes Service does: each new connection goes to the next of those that are listed. One that is open
 * stays where it is, whatever becomes of the list.
 */
export class Balancer {
  private readonly sockets = new Set<Socket>();
  private turn = 0;

  private constructor(
    private readonly server: Server,
    private targets: string[],
  ) {
    server.on('connection', (socket) => this.forward(socket));
  }

  /** @param targets URLs */
  static async start(targets: string[]) {
    const balancer = new Balancer(createServer(), targets);
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    return balancer;
  }

  get url() {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  withdraw(target: string) {
    this.targets = this.targets.filter((each) => each !== target);
  }

  add(target: string) {
    this.targets.push(target);
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private forward(customer: Socket) {
    const target = new URL(this.targets[this.turn++ % this.targets.length]!);
    const app = connect(Number(target.port), target.hostname);
    for (const [one, other] of [
      [customer, app],
      [app, customer],
    ] as const) {
      this.sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => this.sockets.delete(one));
      one.pipe(other);
    }
  }
}
