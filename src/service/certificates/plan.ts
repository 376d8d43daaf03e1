import { X509Certificate } from 'node:crypto';
import { belongs, issue, makeAuthority, type Pair } from './x509.ts';

/** All that the Secret keeps. */
export interface Material {
  /** What the service serves. */
  readonly serving: Pair;
  /** Who signed that. */
  readonly authority: Pair;
  /** Who is going to, once everybody has heard of it. */
  readonly next: Pair | null;
  /** Whom clients are to trust: the authority, the next one, and the one before. PEM. */
  readonly bundle: string;
}

/**
 * `start` makes all anew. `announce` adds the next authority to what clients trust. `switch` signs with it from now on.
 * `renew` issues another serving certificate.
 */
export type Step = 'keep' | 'start' | 'renew' | 'announce' | 'switch';

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export const SERVING_MS = 90 * DAY_MS;
export const AUTHORITY_MS = 3_650 * DAY_MS;
/** So long before its end an authority gets a successor: twice what a serving certificate lives. */
const SUCCESSOR_MS = 2 * SERVING_MS;
/** So long everybody has to hear of the successor. */
const ANNOUNCED_MS = DAY_MS;
/** Clocks of nodes differ. */
const SKEW_MS = 5 * 60_000;

/** What is to be done. Never throws. */
export function stepFor(material: Material | null, dnsNames: readonly string[], now: number): Step {
  if (material === null || !belongs(material.authority)) return 'start';
  const authority = lifeOf(material.authority.cert);
  if (authority.to <= now + SERVING_MS) return 'start';
  if (material.next !== null && belongs(material.next)) {
    if (now >= lifeOf(material.next.cert).from + ANNOUNCED_MS) return 'switch';
  } else if (authority.to - now < SUCCESSOR_MS) {
    return 'announce';
  }
  return isGood(material, dnsNames, now) ? 'keep' : 'renew';
}

/** At two thirds of its life a certificate is replaced; so there is a month to mend what keeps it from that. */
function isGood({ serving, authority }: Material, dnsNames: readonly string[], now: number): boolean {
  if (!belongs(serving)) return false;
  const cert = new X509Certificate(serving.cert);
  const { from, to } = lifeOf(serving.cert);
  const fits = dnsNames.every((name) => cert.checkHost(name) !== undefined);
  const isOurs = cert.checkIssued(new X509Certificate(authority.cert));
  return fits && isOurs && now >= from && now < from + ((to - from) * 2) / 3;
}

/** What the Secret is to keep after a step. */
export function after(step: Step, material: Material | null, dnsNames: readonly string[], now: number): Material {
  if (step === 'start' || material === null) {
    const authority = newAuthority(now);
    return { authority, next: null, bundle: authority.cert, serving: newServing(authority, dnsNames, now) };
  }
  const trusted = stillValid(material.bundle, now);
  if (step === 'announce') {
    const next = newAuthority(now);
    return { ...material, next, bundle: joined([material.authority.cert, next.cert, ...trusted]) };
  }
  const authority = step === 'switch' && material.next !== null ? material.next : material.authority;
  const next = authority === material.next ? null : material.next;
  const bundle = joined([authority.cert, ...(next === null ? [] : [next.cert]), ...trusted]);
  return { authority, next, bundle, serving: newServing(authority, dnsNames, now) };
}

const newAuthority = (now: number): Pair => makeAuthority('temper', { from: now - SKEW_MS, to: now + AUTHORITY_MS });

const newServing = (authority: Pair, dnsNames: readonly string[], now: number): Pair =>
  issue(authority, dnsNames, { from: now - SKEW_MS, to: now + SERVING_MS });

export function lifeOf(cert: string): { readonly from: number; readonly to: number } {
  const { validFrom, validTo } = new X509Certificate(cert);
  return { from: Date.parse(validFrom), to: Date.parse(validTo) };
}

/** The certificates of a PEM text. */
export function certificatesOf(pem: string): string[] {
  return pem.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----\n?/g) ?? [];
}

function stillValid(bundle: string, now: number): string[] {
  return certificatesOf(bundle).filter((cert) => lifeOf(cert).to > now);
}

/** Each once, PEM. */
export const joined = (certs: readonly string[]): string =>
  [...new Set(certs.map((cert) => `${cert.trim()}\n`))].join('');
