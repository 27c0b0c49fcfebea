/** Library versions whose source this adapter was checked against. */
export const CHECKED_AGAINST = { '@nestjs/microservices': '12.1.1' };

/** Where `@EventPattern` stores its patterns. Nest exports the name only from a file that is not documented. */
const PATTERN_METADATA = 'microservices:pattern';

type Handler = (payload: unknown) => Promise<unknown>;

/** @returns the handler of an event, of an object that Nest has not created; undefined if it has none */
export function handlerOf(consumer: object, event: string): Handler | undefined {
  const prototype = Object.getPrototypeOf(consumer) as Record<string, Handler>;
  const name = Object.getOwnPropertyNames(prototype).find((method) => {
    const patterns = Reflect.getMetadata(PATTERN_METADATA, prototype[method]!) as unknown[] | undefined;
    return patterns?.includes(event);
  });
  return name === undefined
    ? undefined
    : async (payload) => (consumer as Record<string, Handler>)[name]!(payload);
}
