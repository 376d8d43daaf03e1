import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import { TemperError } from '../model/errors.ts';

/** A serving certificate with its key, known to fit together. */
export interface Certificate {
  readonly cert: Buffer;
  readonly key: Buffer;
  /** When it expires, milliseconds since the epoch. */
  readonly expiresAt: number;
}

/**
 * Reads a certificate and its key.
 *
 * @throws {TemperError} TMP1101 where a file cannot be read or the two do not fit.
 */
export function readCertificate(certFile: string, keyFile: string): Certificate {
  try {
    const cert = readFileSync(certFile);
    const key = readFileSync(keyFile);
    createSecureContext({ cert, key });
    return { cert, key, expiresAt: Date.parse(new X509Certificate(cert).validTo) };
  } catch (cause) {
    // OpenSSL's messages name what failed, and quote nothing of a key.
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new TemperError('TMP1101', `${certFile}, ${keyFile}: ${why}`, { cause });
  }
}
