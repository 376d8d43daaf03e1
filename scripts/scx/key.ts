import { createHash } from 'node:crypto';
import type { Pin, RECIPE } from '../../patches/pin.ts';
import type { Patch } from './patches.ts';

type Recipe = Readonly<Record<keyof typeof RECIPE, string | readonly string[]>>;

/** The name of what is built of it all: other content, other name. The beginning is for people who look into the cache. */
export function nameOf(pin: Pin, recipe: Recipe, patches: readonly Pick<Patch, 'name' | 'text'>[]): string {
  const all = JSON.stringify([pin, recipe, patches.map(({ name, text }) => [name, text])]);
  const hash = createHash('sha256').update(all).digest('hex').slice(0, 16);
  return `${pin.version}-${patches.length === 0 ? 'stock' : 'patched'}-${hash}`;
}
