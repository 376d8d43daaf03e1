import {
  createHash,
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  randomBytes,
  sign,
  X509Certificate,
} from 'node:crypto';
import { bits, implicit, octets, oid, sequence, set, tagged, time, unsigned, utf8, yes } from './der.ts';

/** A certificate and its key, PEM. */
export interface Pair {
  readonly cert: string;
  readonly key: string;
}

export interface Validity {
  /** Milliseconds since the epoch. */
  readonly from: number;
  readonly to: number;
}

const OID = {
  commonName: '2.5.4.3',
  ecdsaWithSha256: '1.2.840.10045.4.3.2',
  subjectKey: '2.5.29.14',
  keyUsage: '2.5.29.15',
  altName: '2.5.29.17',
  basicConstraints: '2.5.29.19',
  authorityKey: '2.5.29.35',
  extendedUsage: '2.5.29.37',
  serverAuth: '1.3.6.1.5.5.7.3.1',
} as const;

const SIGNATURE = sequence(oid(OID.ecdsaWithSha256));
const CRITICAL = true;

/** A certificate authority. Its name is its own, so that two of them are told apart while one follows the other. */
export function makeAuthority(name: string, validity: Validity): Pair {
  const { key, spki } = newKey();
  const subject = `${name} ${keyId(spki).toString('hex').slice(0, 8)}`;
  const extensions = [
    extension(OID.basicConstraints, sequence(yes()), CRITICAL),
    // keyCertSign and cRLSign.
    extension(OID.keyUsage, bits(Buffer.from([0x06]), 1), CRITICAL),
    extension(OID.subjectKey, octets(keyId(spki))),
  ];
  return { key, cert: signed({ issuer: subject, subject, validity, spki, extensions }, key) };
}

/** A serving certificate for DNS names. */
export function issue(authority: Pair, dnsNames: readonly string[], validity: Validity): Pair {
  const { key, spki } = newKey();
  const signer = new X509Certificate(authority.cert);
  const signerKey = signer.publicKey.export({ type: 'spki', format: 'der' });
  const extensions = [
    extension(OID.basicConstraints, sequence(), CRITICAL),
    // digitalSignature.
    extension(OID.keyUsage, bits(Buffer.from([0x80]), 7), CRITICAL),
    extension(OID.extendedUsage, sequence(oid(OID.serverAuth))),
    extension(OID.subjectKey, octets(keyId(spki))),
    extension(OID.authorityKey, sequence(implicit(0, keyId(signerKey)))),
    extension(OID.altName, sequence(...dnsNames.map((name) => implicit(2, Buffer.from(name))))),
  ];
  const issuer = signer.subject.replace(/^CN=/, '');
  // A common name has 64 characters at most, and nobody reads it.
  return { key, cert: signed({ issuer, subject: 'temper', validity, spki, extensions }, authority.key) };
}

/** Whether a key is that of a certificate. */
export function belongs({ cert, key }: Pair): boolean {
  try {
    return new X509Certificate(cert).checkPrivateKey(createPrivateKey(key));
  } catch {
    return false;
  }
}

function newKey(): { readonly key: string; readonly spki: Buffer } {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
  return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(), spki };
}

const keyId = (spki: Buffer): Buffer => createHash('sha256').update(spki).digest().subarray(0, 20);

function extension(id: string, value: Buffer, critical = false): Buffer {
  return sequence(oid(id), ...(critical ? [yes()] : []), octets(value));
}

const named = (name: string): Buffer => sequence(set(sequence(oid(OID.commonName), utf8(name))));

interface ToSign {
  readonly issuer: string;
  readonly subject: string;
  readonly validity: Validity;
  readonly spki: Buffer;
  readonly extensions: readonly Buffer[];
}

function signed({ issuer, subject, validity, spki, extensions }: ToSign, key: string): string {
  const body = sequence(
    tagged(0, unsigned(Buffer.from([2]))),
    unsigned(randomBytes(16)),
    SIGNATURE,
    named(issuer),
    sequence(time(validity.from), time(validity.to)),
    named(subject),
    spki,
    tagged(3, sequence(...extensions)),
  );
  const certificate = sequence(body, SIGNATURE, bits(sign('sha256', body, { key, dsaEncoding: 'der' })));
  const lines = certificate
    .toString('base64')
    .replaceAll(/(.{64})/g, '$1\n')
    .trimEnd();
  return `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`;
}
