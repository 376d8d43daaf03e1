/** Requests that are damaged by chance, the same for the same seed. None can be a change that is taken. Pure. */
import { pick, type Random } from '../../guest/chance.ts';

/** A layer that no config has: a few damaged bytes do not make another of it. */
const NOWHERE = 'a-layer-of-nobody';
const STEMS: readonly string[] = [
  stats({ target: 'members', changes: JSON.stringify([{ cgroup: '4711', layer: NOWHERE }]) }),
  stats({ target: 'members' }),
  stats({ target: 'threads', tids: '[1,2,4194304]' }),
  stats({ target: 'layers', changes: JSON.stringify([{ layer: NOWHERE, weight: 1 }]) }),
  stats({ target: 'capabilities' }),
  stats({ target: 'top' }),
  '{"req":"stats_meta"}',
];
const BYTES: readonly string[] = ['\0', '"', '\\', '{', '[', ']', '}', ',', ':', '-', '9', 'e', '\u{7f}', '\t', 'é'];
const MOST_DAMAGES = 6;

/** As the protocol wants it. */
export function stats(args: Readonly<Record<string, string>>): string {
  return JSON.stringify({ req: 'stats', args });
}

/** One line without its end. It may be valid still. */
export function damaged(random: Random): Buffer {
  let bytes: Buffer = Buffer.from(pick(STEMS, random));
  const times = 1 + Math.floor(random() * MOST_DAMAGES);
  for (let done = 0; done < times; done++) bytes = pick(DAMAGES, random)(bytes, random);
  return Buffer.from(bytes.map((byte) => (byte === 0x0a ? 0x20 : byte)));
}

type Damage = (bytes: Buffer, random: Random) => Buffer;

const at = (bytes: Buffer, random: Random): number => Math.floor(random() * (bytes.length + 1));

const DAMAGES: readonly Damage[] = [
  (bytes, random) => bytes.subarray(0, at(bytes, random)),
  (bytes, random) => insert(bytes, at(bytes, random), Buffer.from(pick(BYTES, random))),
  (bytes, random) => insert(bytes, at(bytes, random), Buffer.of(Math.floor(random() * 256))),
  (bytes, random) => {
    const [from, to] = [at(bytes, random), at(bytes, random)].sort((a, b) => a - b);
    return insert(bytes, at(bytes, random), bytes.subarray(from, to));
  },
  (bytes, random) => {
    const copy = Buffer.from(bytes);
    const place = Math.floor(random() * copy.length);
    if (place < copy.length) copy[place] = (copy[place] ?? 0) ^ (1 << Math.floor(random() * 8));
    return copy;
  },
];

function insert(bytes: Buffer, place: number, what: Buffer): Buffer {
  return Buffer.concat([bytes.subarray(0, place), what, bytes.subarray(place)]);
}
