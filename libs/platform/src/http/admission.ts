import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { AppError } from '../errors/app.errors.js';
import { toProblem, sendProblem, type Problem } from '../errors/problem.filter.js';

/** Requests that are counted together. The first class of the list that matches a request is its class. */
export interface AdmissionClass {
  name: string;
  /** @param path of the route, such as `/v1/orders/:id`, or of the URL */
  matches: (method: string, path: string) => boolean;
  /** Maximum number of requests in progress. */
  limit: number;
}

/** Health probes and metrics are always answered: a process under load must not be restarted, and has to be observed. */
const EXEMPT = /^\/(health\/|metrics$)/;

/**
 * Admission control: bounds the number of requests in progress for each class of requests. A request above the limit is
 * refused at once, before its body is read, so that the process spends its time on the requests that it accepted.
 */
export class Admission {
  private readonly inProgress: number[];
  /** Called with the class of each refused request. */
  onRefused: (name: string) => void = () => undefined;

  constructor(private readonly classes: readonly AdmissionClass[]) {
    this.inProgress = classes.map(() => 0);
  }

  get classNames() {
    return this.classes.map(({ name }) => name);
  }

  /** @returns the number of requests in progress by class */
  requestsInProgress(): Record<string, number> {
    return Object.fromEntries(this.classes.map(({ name }, index) => [name, this.inProgress[index]!]));
  }

  /**
   * Returns the problem if the class of the request is full. Costs no more than the comparison of method and path.
   * `countRequests` decides finally: the router also accepts other spellings of a path, such as `/v1/%6frders`.
   */
  readonly check = ({ method, url }: IncomingMessage): Problem | undefined => {
    const index = this.classOf(method!, url!.split('?', 1)[0]!);
    return index >= 0 && this.isFull(index) ? this.refuse(index) : undefined;
  };

  /**
   * Counts a request from the time when its body has arrived until it is answered. A client that sends its body slowly
   * so occupies a connection, but none of the requests in progress.
   */
  countRequests(server: FastifyInstance) {
    server.addHook('preValidation', (request, reply, done) => {
      const index = this.classOfRoute(request);
      if (index < 0) return done();
      // Many bodies may have arrived since the check.
      if (this.isFull(index)) return void sendProblem(reply, this.refuse(index));
      this.inProgress[index]!++;
      reply.raw.once('close', () => this.inProgress[index]!--);
      done();
    });
  }

  /** Counts a request that was refused while it was handled, because a queue was full. */
  countRefusal(request: FastifyRequest) {
    const index = this.classOfRoute(request);
    if (index >= 0) this.onRefused(this.classes[index]!.name);
  }

  private classOfRoute({ method, url, routeOptions }: FastifyRequest): number {
    return this.classOf(method, routeOptions.url ?? url);
  }

  private classOf(method: string, path: string): number {
    if (EXEMPT.test(path)) return -1;
    return this.classes.findIndex(({ matches }) => matches(method, path));
  }

  private isFull(index: number) {
    return this.inProgress[index]! >= this.classes[index]!.limit;
  }

  private refuse(index: number): Problem {
    this.onRefused(this.classes[index]!.name);
    return toProblem(overloaded());
  }
}

/** The error for work that is refused because too much is in progress. Nothing has been stored. */
export const overloaded = () =>
  new AppError('unavailable', 'overloaded', 'Too many requests are in progress. Nothing was stored.');
