import { connect } from 'amqplib';

interface RawMessage {
  exchange?: string;
  routingKey: string;
  /** Bytes of the table of headers. */
  headers: Buffer;
  body: Buffer;
}

/** Publishes a message whose headers amqplib cannot encode, and waits for the confirm. It has no other properties. */
export async function publishRaw(url: string, { exchange = '', routingKey, headers, body }: RawMessage) {
  const connection = await connect(url);
  connection.on('error', () => undefined);
  try {
    const channel = await connection.createConfirmChannel();
    const { stream } = channel.connection as unknown as { stream: NodeJS.WritableStream };
    const { ch: number } = channel as unknown as { ch: number };
    const confirmed = new Promise<void>((resolve, reject) => {
      // The channel counts confirms by its own publishes: a placeholder for this one.
      const { unconfirmed } = channel as unknown as { unconfirmed: ((error?: Error) => void)[] };
      unconfirmed.push((error) => (error ? reject(error) : resolve()));
    });
    const properties = Buffer.concat([uint(2, 0x2000), headers]);
    const header = Buffer.concat([uint(2, 60), uint(2, 0), uint(4, 0), uint(4, body.length), properties]);
    const publish = Buffer.concat([
      uint(2, 60),
      uint(2, 40),
      uint(2, 0),
      shortString(exchange),
      shortString(routingKey),
      Buffer.from([0]),
    ]);
    stream.write(
      Buffer.concat([frame(1, number, publish), frame(2, number, header), frame(3, number, body)]),
    );
    await confirmed;
  } finally {
    await connection.close().catch(() => undefined);
  }
}

/** @returns the bytes of a table with one field `a`, which is a table with one field `a` ... */
export function nestedTables(levels: number): Buffer {
  const level = 4 + 3;
  const bytes = Buffer.alloc(levels * level + 4);
  for (let index = 0; index < levels; index++) {
    const offset = index * level;
    bytes.writeUInt32BE(bytes.length - offset - 4, offset);
    bytes.write('\u0001aF', offset + 4, 'latin1');
  }
  return bytes;
}

/** @returns the bytes of a table that amqplib decodes to a value that it cannot encode again */
export function notEncodableTable(): Buffer {
  const text = Buffer.from('unknown');
  const inner = Buffer.concat([Buffer.from('\u0001!S', 'latin1'), uint(4, text.length), text]);
  const field = Buffer.concat([Buffer.from('\u0001aF', 'latin1'), uint(4, inner.length), inner]);
  return Buffer.concat([uint(4, field.length), field]);
}

function frame(type: number, channel: number, payload: Buffer): Buffer {
  return Buffer.concat([
    Buffer.from([type]),
    uint(2, channel),
    uint(4, payload.length),
    payload,
    Buffer.from([0xce]),
  ]);
}

const shortString = (text: string) => Buffer.concat([Buffer.from([text.length]), Buffer.from(text)]);

function uint(size: 2 | 4, value: number): Buffer {
  const bytes = Buffer.alloc(size);
  bytes.writeUIntBE(value, 0, size);
  return bytes;
}
