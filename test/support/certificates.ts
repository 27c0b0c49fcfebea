import { generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Paths of PEM files. */
export interface CertificateFiles {
  certificate: string;
  key: string;
}

/** A certificate authority whose certificates are valid for a day. Written for tests: X.509 v3, P-256, SHA-256. */
export class CertificateAuthority {
  private readonly keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

  private constructor(
    private readonly folder: string,
    private readonly name: string,
  ) {}

  /** @param folder in which all files are written */
  static create(folder: string, name: string) {
    const authority = new CertificateAuthority(folder, name);
    mkdirSync(folder, { recursive: true });
    const extensions = [extension(BASIC_CONSTRAINTS, sequence(TRUE), true)];
    writeFileSync(authority.certificate, authority.sign(name, authority.keys.publicKey, extensions));
    return authority;
  }

  /** Path of its own certificate, which clients trust. */
  get certificate(): string {
    return join(this.folder, `${this.name}.pem`);
  }

  /** Writes a certificate for a server with this host name, and its key. */
  issue(hostName: string): CertificateFiles {
    const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
    const dnsName = der(0x82, Buffer.from(hostName));
    const pem = this.sign(hostName, publicKey, [extension(SUBJECT_ALT_NAME, sequence(dnsName))]);
    const file = (suffix: string) => join(this.folder, `${this.name}-${hostName}.${suffix}`);
    writeFileSync(file('crt'), pem);
    // PostgreSQL refuses a key that others can read.
    writeFileSync(file('key'), privateKey.export({ type: 'pkcs8', format: 'pem' }), { mode: 0o600 });
    return { certificate: file('crt'), key: file('key') };
  }

  private sign(subject: string, publicKey: KeyObject, extensions: Buffer[]): string {
    const now = Date.now();
    const body = sequence(
      der(0xa0, der(0x02, Buffer.from([2]))), // version 3
      der(0x02, Buffer.concat([Buffer.from([1]), randomBytes(8)])), // serial number
      sequence(ECDSA_WITH_SHA256),
      nameOf(this.name),
      sequence(time(now - DAY_MS), time(now + DAY_MS)),
      nameOf(subject),
      publicKey.export({ type: 'spki', format: 'der' }),
      der(0xa3, sequence(...extensions)),
    );
    const signature = sign('sha256', body, this.keys.privateKey);
    const certificate = sequence(body, sequence(ECDSA_WITH_SHA256), der(0x03, Buffer.from([0]), signature));
    const lines = certificate.toString('base64').match(/.{1,64}/g)!;
    return ['-----BEGIN CERTIFICATE-----', ...lines, '-----END CERTIFICATE-----', ''].join('\n');
  }
}

const DAY_MS = 86_400_000;

/** One value in the encoding DER: tag, length, contents. */
function der(tag: number, ...contents: Buffer[]): Buffer {
  const content = Buffer.concat(contents);
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...contents: Buffer[]) => der(0x30, ...contents);
const objectId = (hex: string) => der(0x06, Buffer.from(hex, 'hex'));
const TRUE = der(0x01, Buffer.from([0xff]));

const ECDSA_WITH_SHA256 = objectId('2a8648ce3d040302');
const COMMON_NAME = objectId('550403');
const BASIC_CONSTRAINTS = objectId('551d13');
const SUBJECT_ALT_NAME = objectId('551d11');

const nameOf = (commonName: string) =>
  sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));

const extension = (id: Buffer, value: Buffer, critical = false) =>
  sequence(id, ...(critical ? [TRUE] : []), der(0x04, value));

/** UTCTime, as in 250131235959Z. */
const time = (at: number) =>
  der(0x17, Buffer.from(`${new Date(at).toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
