import { Wire, type ProtocolStep, type Side } from './wire.js';

const END_OF_HEAD = '\r\n\r\n';

/** HTTP/1.1 with the length of each body in its header, one request after the other. */
export class HttpWire extends Wire {
  /** Of the last request. */
  private text = '';

  protected frameLength(_from: Side, bytes: Buffer) {
    const end = bytes.indexOf(END_OF_HEAD);
    if (end < 0) return undefined;
    const [, length = '0'] = /^content-length: *(\d+)/im.exec(bytes.toString('latin1', 0, end)) ?? [];
    return end + END_OF_HEAD.length + Number(length);
  }

  protected readStep(from: Side, message: Buffer): ProtocolStep {
    if (from === 'server') return { from, name: 'response', text: this.text, values: [] };
    const [head, body] = message.toString().split(END_OF_HEAD);
    const [method, path] = head!.split(' ');
    this.text = `${method} ${path} ${body}`;
    return { from, name: 'request', text: this.text, values: [] };
  }
}
