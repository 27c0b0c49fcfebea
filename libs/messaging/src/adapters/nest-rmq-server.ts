import { RmqContext, ServerRMQ } from '@nestjs/microservices';
import type { AmqpConnectionManager, ChannelWrapper } from 'amqp-connection-manager';
import type { ConsumeMessage } from 'amqplib';
import { isObservable, lastValueFrom } from 'rxjs';
import { closeConnection } from './channel-recovery.js';

/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { '@nestjs/microservices': '12.1.1', 'amqp-connection-manager': '5.0.0' };

/**
 * Nest's RMQ server, with access to those of its private and undocumented parts that a subclass needs.
 *
 * Upstream behaviour:
 * - `server` (the connection manager) and `channel` are protected and typed as `any`.
 * - `start()` creates the `ChannelWrapper` in a `connect` listener and adds no `error` listener to it. If a connection
 *   is lost while a channel is being opened, the wrapper emits `error`, and Node ends the process.
 * - `getHandlerByPattern()` parses every pattern as JSON first. A routing key is not JSON, so each message would cost a
 *   thrown error. `callHandler` reads the map of handlers instead.
 */
export abstract class NestRmqServer extends ServerRMQ {
  /** Called if a connection can't be opened, or if a channel can't be opened or set up. */
  protected abstract onConnectionError(error: Error): void;

  override async listen(callback: (error?: unknown) => void) {
    await super.listen(callback);
    const manager = this.connectionManager;
    manager.on('connectFailed', ({ err }: { err: Error }) => this.onConnectionError(err));
    // The channel already exists in this listener: Nest's own `connect` listener, which creates it, was added first.
    manager.once('connect', () =>
      (this.channel as ChannelWrapper | null)?.on('error', (error) => this.onConnectionError(error)),
    );
  }

  /** Closes the connection. Never rejects. */
  override close(): Promise<void> {
    return closeConnection({ close: () => super.close() });
  }

  protected get connectionManager() {
    return this.server as AmqpConnectionManager;
  }

  protected hasHandler(event: string): boolean {
    return this.getHandlers().has(event);
  }

  /** Runs the handler of an event and waits for its result. The handler gets the message but not the channel. */
  protected async callHandler(event: string, payload: unknown, message: ConsumeMessage): Promise<unknown> {
    const handler = this.getHandlers().get(event)!;
    const result: unknown = await handler(payload, new RmqContext([message, {}, event]));
    return isObservable(result) ? lastValueFrom(result, { defaultValue: undefined }) : result;
  }
}
