/** A number in [0, 1), such as a seeded generator gives. */
export type Random = () => number;

/** Kubernetes' alphabet for generated names: no vowels, so no words. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_NAME_LENGTH = 63;

export function randomSuffix(random: Random): string {
  const letters = Array.from({ length: SUFFIX_LENGTH }, () => ALPHABET[Math.floor(random() * ALPHABET.length)]);
  return letters.join('');
}

/** A name for an object that came with `generateName`. */
export function generatedName(base: string, random: Random): string {
  return base.slice(0, MAX_NAME_LENGTH - SUFFIX_LENGTH) + randomSuffix(random);
}

/** A UUID of version 4, as reproducible as `random` is. */
export function randomUid(random: Random): string {
  const digit = (): number => Math.floor(random() * 16);
  const hex = (length: number): string => Array.from({ length }, () => digit().toString(16)).join('');
  const variant = (8 + (digit() % 4)).toString(16);
  return `${hex(8)}-${hex(4)}-4${hex(3)}-${variant}${hex(3)}-${hex(12)}`;
}
