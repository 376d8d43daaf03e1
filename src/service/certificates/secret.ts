import { X509Certificate } from 'node:crypto';
import { z } from 'zod';
import { certificatesOf, type Material } from './plan.ts';
import type { Pair } from './x509.ts';

/** What the Secret says. */
export interface SecretReading {
  readonly resourceVersion: string;
  /** Null where it is empty or not understood. */
  readonly material: Material | null;
}

const schema = z.object({
  metadata: z.object({ resourceVersion: z.string() }),
  data: z.record(z.string(), z.string()).nullish(),
});

/** Null where it is no Secret. */
export function readSecret(object: unknown): SecretReading | null {
  const { data: secret } = schema.safeParse(object);
  if (secret === undefined) return null;
  const text = (key: string): string => Buffer.from(secret.data?.[key] ?? '', 'base64').toString('utf8');
  const pair = (name: string): Pair => ({ cert: text(`${name}.crt`), key: text(`${name}.key`) });
  const next = pair('next-ca');
  const bundle = text('ca.crt');
  const [first = ''] = certificatesOf(bundle);
  const material = {
    serving: pair('tls'),
    authority: { cert: first, key: text('ca.key') },
    next: next.cert === '' ? null : next,
    bundle,
  };
  return { resourceVersion: secret.metadata.resourceVersion, material: isReadable(material) ? material : null };
}

/** What was put there by hand may be anything. */
function isReadable({ authority, next, bundle }: Material): boolean {
  try {
    for (const cert of [authority.cert, ...certificatesOf(bundle), ...(next === null ? [] : [next.cert])]) {
      new X509Certificate(cert);
    }
    return true;
  } catch {
    return false;
  }
}

/** A merge patch that the API server refuses if anybody wrote since. The authority is the first of `ca.crt`. */
export function secretPatch({ serving, authority, next, bundle }: Material, resourceVersion: string): object {
  const encoded = (text: string): string => Buffer.from(text).toString('base64');
  return {
    metadata: { resourceVersion },
    data: {
      'tls.crt': encoded(serving.cert),
      'tls.key': encoded(serving.key),
      'ca.crt': encoded(bundle),
      'ca.key': encoded(authority.key),
      'next-ca.crt': next === null ? null : encoded(next.cert),
      'next-ca.key': next === null ? null : encoded(next.key),
    },
  };
}
