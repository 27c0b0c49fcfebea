import { Wire, type ProtocolStep, type Side } from './wire.js';

/** PostgreSQL protocol 3: simple queries, and named and unnamed prepared statements. */
export class PostgresWire extends Wire {
  private started = false;
  private readonly preparedStatements = new Map<string, string>();
  private transaction: string[] = [];

  protected frameLength(from: Side, bytes: Buffer) {
    // The first message of a client has no type byte.
    const typeLength = from === 'app' && !this.started ? 0 : 1;
    return bytes.length < typeLength + 4 ? undefined : typeLength + bytes.readInt32BE(typeLength);
  }

  protected readStep(from: Side, frame: Buffer): ProtocolStep | undefined {
    if (from === 'app' && !this.started) {
      this.started = true;
      return undefined;
    }
    const type = String.fromCharCode(frame[0]!);
    if (from === 'server') {
      if (type !== 'C' || readCString(frame, 5) !== 'COMMIT') return undefined;
      return { from, name: 'committed', text: this.transaction.join(';\n'), values: [] };
    }
    if (type === 'Q') return this.statementStep(readCString(frame, 5), []);
    if (type === 'P') {
      const name = readCString(frame, 5);
      this.preparedStatements.set(name, readCString(frame, 6 + Buffer.byteLength(name)));
    }
    return type === 'B' ? this.readBind(frame) : undefined;
  }

  private readBind(frame: Buffer) {
    let offset = 5;
    offset += Buffer.byteLength(readCString(frame, offset)) + 1; // name of the portal
    const name = readCString(frame, offset);
    offset += Buffer.byteLength(name) + 1;
    offset += 2 + 2 * frame.readInt16BE(offset); // formats of the values
    const values: string[] = [];
    const count = frame.readInt16BE(offset);
    offset += 2;
    for (let index = 0; index < count; index++) {
      const length = frame.readInt32BE(offset);
      offset += 4;
      values.push(length < 0 ? '' : frame.toString('utf8', offset, offset + length));
      offset += Math.max(length, 0);
    }
    return this.statementStep(this.preparedStatements.get(name) ?? '', values);
  }

  private statementStep(sql: string, values: string[]): ProtocolStep {
    if (/^\s*(BEGIN|START TRANSACTION)/i.test(sql)) this.transaction = [];
    else this.transaction.push(sql);
    if (!/^\s*COMMIT/i.test(sql)) return { from: 'app', name: 'statement', text: sql, values };
    return { from: 'app', name: 'commit', text: this.transaction.join(';\n'), values };
  }
}

function readCString(bytes: Buffer, offset: number) {
  return bytes.toString('utf8', offset, bytes.indexOf(0, offset));
}
