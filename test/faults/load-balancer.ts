import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';

/**
 * Round-robin load balancer for TCP connections, like a Kubernetes Service. A change of the targets affects new
 * connections only: an open connection stays with its target.
 */
export class LoadBalancer {
  private readonly sockets = new Set<Socket>();
  private connections = 0;

  private constructor(
    private readonly server: Server,
    private targets: string[],
  ) {
    server.on('connection', (socket) => this.forward(socket));
  }

  /** @param targets URLs */
  static async start(targets: string[]) {
    const balancer = new LoadBalancer(createServer(), targets);
    balancer.server.listen(0, '127.0.0.1');
    await once(balancer.server, 'listening');
    return balancer;
  }

  get url() {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  remove(removed: string) {
    this.targets = this.targets.filter((target) => target !== removed);
  }

  add(target: string) {
    this.targets.push(target);
  }

  stop() {
    for (const socket of this.sockets) socket.destroy();
    this.server.close();
  }

  private forward(client: Socket) {
    const target = new URL(this.targets[this.connections++ % this.targets.length]!);
    const server = connect(Number(target.port), target.hostname);
    for (const [source, destination] of [
      [client, server],
      [server, client],
    ] as const) {
      this.sockets.add(source);
      source.on('error', () => destination.destroy());
      source.on('close', () => this.sockets.delete(source));
      source.pipe(destination);
    }
  }
}
