import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import forge from 'node-forge';

/**
 * A certificate authority made on the spot, for tests and for the demo's TLS. The keys come from
 * Node, which is fast; node-forge writes the certificates, which Node cannot.
 */

/** PEM texts. */
export interface KeyPair {
  readonly cert: string;
  readonly key: string;
}

export interface LeafOptions {
  readonly commonName: string;
  /** @default [commonName] */
  readonly dnsNames?: readonly string[];
  /** @default none */
  readonly ips?: readonly string[];
  /** How long it is valid. @default 1 */
  readonly days?: number;
  /** When it becomes valid. @default five minutes ago */
  readonly notBefore?: Date;
  /** The groups of a client, to Kubernetes. @default none */
  readonly organizations?: readonly string[];
  /** @default 'server' */
  readonly use?: 'server' | 'client';
}

const DAY_MS = 86_400_000;
const CLOCK_SKEW_MS = 300_000;
const CA_DAYS = 3650;

/** A self-signed authority. */
export function makeCa(commonName = 'temper test CA'): KeyPair {
  const { cert, key } = unsigned(commonName, ago(CLOCK_SKEW_MS), CA_DAYS);
  cert.setIssuer(cert.subject.attributes);
  cert.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
  return sign(cert, key, key);
}

/** A certificate of that authority. */
export function issue(ca: KeyPair, options: LeafOptions): KeyPair {
  const { commonName, dnsNames = [commonName], ips = [], days = 1, notBefore = ago(CLOCK_SKEW_MS) } = options;
  const { cert, key } = unsigned(commonName, notBefore, days, options.organizations);
  cert.setIssuer(forge.pki.certificateFromPem(ca.cert).subject.attributes);
  cert.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', ...(options.use === 'client' ? { clientAuth: true } : { serverAuth: true }) },
    {
      name: 'subjectAltName',
      altNames: [...dnsNames.map((value) => ({ type: 2, value })), ...ips.map((ip) => ({ type: 7, ip }))],
    },
  ]);
  return sign(cert, key, ca.key);
}

function unsigned(
  commonName: string,
  notBefore: Date,
  days: number,
  organizations: readonly string[] = [],
): { cert: forge.pki.Certificate; key: string } {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const key = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  const cert = forge.pki.createCertificate();
  cert.publicKey = forge.pki.publicKeyFromPem(
    createPublicKey(privateKey).export({ type: 'spki', format: 'pem' }).toString(),
  );
  // A fixed first byte: the number is positive, and has no leading zeros, which TLS refuses ("illegal padding").
  cert.serialNumber = `01${randomBytes(15).toString('hex')}`;
  cert.validity.notBefore = notBefore;
  cert.validity.notAfter = new Date(notBefore.getTime() + days * DAY_MS);
  const groups = organizations.map((value) => ({ name: 'organizationName', value }));
  cert.setSubject([...groups, { name: 'commonName', value: commonName }]);
  return { cert, key };
}

function sign(cert: forge.pki.Certificate, key: string, issuerKey: string): KeyPair {
  cert.sign(forge.pki.privateKeyFromPem(issuerKey), forge.md.sha256.create());
  return { cert: forge.pki.certificateToPem(cert), key };
}

function ago(ms: number): Date {
  return new Date(Date.now() - ms);
}
