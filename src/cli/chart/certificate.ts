import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { TemperError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';

export interface CertificateOptions {
  /** Path of the serving certificate, PEM, with what leads from it to the CA. */
  readonly file: string;
  /** The name that the API server calls. */
  readonly host: string;
  /** Whom it is told to trust, PEM; empty where that is not known here. */
  readonly trusted: string;
}

/**
 * Whether the API server will take a certificate for the service's. It never says that it does not: pods would be admitted
 * as they are.
 *
 * @throws TemperError TMP3233
 */
export function certificate({ io }: Context, { file, host, trusted }: CertificateOptions): Result {
  const problem = problemOf(read(file), host, trusted, io.clock.now());
  if (problem !== null) throw new TemperError('TMP3233', problem);
  return {
    kind: 'CertificateCheck',
    data: { host, verified: trusted !== '' },
    text: (paint) =>
      `${paint('green', 'ok')} a certificate for ${host}${trusted === '' ? '' : ', by a CA of tls.caBundle'}\n`,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    throw new TemperError('TMP3233', `${file} cannot be read`);
  }
}

const ANY_USE = '2.5.29.37.0';
const SERVER_AUTH = '1.3.6.1.5.5.7.3.1';

/** @param now milliseconds since the epoch */
export function problemOf(pem: string, host: string, trusted: string, now: number): string | null {
  const [leaf, ...between] = certificatesOf(pem);
  if (leaf === undefined) return 'tls.crt has no certificate';
  // As Go, which the API server is written in: the names of a certificate are its subjectAltName alone.
  if (leaf.checkHost(host, { subject: 'never' }) === undefined) return `tls.crt is not for ${host}`;
  if (now < Date.parse(leaf.validFrom)) return `tls.crt is not valid before ${leaf.validFrom}`;
  if (now > Date.parse(leaf.validTo)) return `tls.crt has expired: ${leaf.validTo}`;
  const uses: readonly string[] | undefined = leaf.keyUsage;
  if (uses !== undefined && !uses.includes(SERVER_AUTH) && !uses.includes(ANY_USE)) return 'tls.crt is not for servers';
  if (trusted === '') return null;
  const roots = certificatesOf(trusted);
  if (roots.length === 0) return 'tls.caBundle has no certificate';
  return leads(leaf, between, roots) ? null : 'tls.crt is not signed by a CA of tls.caBundle';
}

function leads(from: X509Certificate, between: readonly X509Certificate[], roots: readonly X509Certificate[]): boolean {
  const signed = (by: X509Certificate): boolean => from.checkIssued(by) && from.verify(by.publicKey);
  if (roots.some((root) => root.raw.equals(from.raw) || signed(root))) return true;
  return between.some(
    (next) =>
      signed(next) &&
      leads(
        next,
        between.filter((one) => one !== next),
        roots,
      ),
  );
}

/** Those that are one; what is not is passed over, as the API server does. */
function certificatesOf(pem: string): X509Certificate[] {
  return (pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? []).flatMap((one) => {
    try {
      return [new X509Certificate(one)];
    } catch {
      return [];
    }
  });
}
