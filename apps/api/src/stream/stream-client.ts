import { Readable } from 'node:stream';
import { streamMessages, type OrderEventMessage } from './stream-message.js';

/** Bytes that wait in memory for a client, in addition to those that wait in its connection. */
const MAX_WAITING_BYTES = 16 * 1024;

export interface Watcher {
  /** Id of the caller. */
  caller: string;
  /** Only events of this order. */
  orderId?: number;
  /** Only events of orders of this customer. */
  owner?: string;
  /** @throws InvalidCredential when the credential of the request is no longer valid */
  reidentify: () => unknown;
}

/** The stream of one client. A client that reads too slowly loses events, and gets their number. */
export class StreamClient {
  readonly body: Readable;
  /** Events of which it is not known yet whether the order is the customer's. */
  unassigned: OrderEventMessage[] = [];
  private isFull = false;
  private isEnded = false;
  private lost = 0;

  /** @param onClosed called once, when the client has disconnected or the stream has ended */
  constructor(
    readonly watcher: Watcher,
    onClosed: (client: StreamClient) => void,
  ) {
    this.body = new Readable({ highWaterMark: MAX_WAITING_BYTES, read: () => this.resume() });
    this.body.once('close', () => onClosed(this));
    this.write(streamMessages.start);
  }

  /** Whether it watches all orders of a customer: an event does not contain whose order it is about. */
  get isOfCustomer() {
    return this.watcher.orderId === undefined && this.watcher.owner !== undefined;
  }

  /** Whether it watches all orders of the shop. */
  get isOfShop() {
    return this.watcher.orderId === undefined && this.watcher.owner === undefined;
  }

  /** Sends the event if the client watches its order. */
  offer(event: OrderEventMessage) {
    if (this.isOfCustomer) this.unassigned.push(event);
    else if (this.isOfShop || this.watcher.orderId === event.order_id) this.send(event);
  }

  send(event: OrderEventMessage) {
    if (this.isFull) this.lost += 1;
    else this.write(streamMessages.order(event));
  }

  /** Events were lost, and it is not known how many. */
  sendGap() {
    this.write(streamMessages.lost(null));
  }

  /** Sends a message that a later one replaces: a client that reads too slowly does not get it. */
  sendReplaceable(message: string) {
    if (!this.isFull) this.write(message);
  }

  end() {
    if (!this.isEnded) this.body.push(null);
    this.isEnded = true;
  }

  private write(message: string) {
    if (!this.isEnded && !this.body.destroyed) this.isFull = !this.body.push(message);
  }

  /** Called when the client reads what is waiting. */
  private resume() {
    this.isFull = false;
    if (this.lost === 0) return;
    const { lost } = this;
    this.lost = 0;
    // What is waiting is taken right after this call, so the result of `push` says nothing about what follows.
    this.body.push(streamMessages.lost(lost));
  }
}
