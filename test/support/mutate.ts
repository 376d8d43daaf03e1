/**
 * Turns a recorded JSON body into a hostile one: first its structure is damaged (wrong types, missing
 * and forged keys, extreme numbers, hostile names, deep nesting), then at times its bytes are
 * (truncated, flipped, not UTF-8). Much of what comes out is still JSON, so that it gets past the parser.
 */
export function mutateBody(seedText: string, random: () => number): Buffer {
  const raw = new Map<string, string>();
  const root = { body: JSON.parse(seedText) as unknown };
  const times = 1 + Math.floor(random() * 3);
  for (let time = 0; time < times; time += 1) damage(root, raw, random);
  let text = JSON.stringify(root.body) ?? '';
  for (const [placeholder, piece] of raw) text = text.replaceAll(`"${placeholder}"`, () => piece);
  const bytes = Buffer.from(text);
  return random() < 0.3 ? damageBytes(bytes, random) : bytes;
}

type Place = { readonly parent: object; readonly key: string };

const pick = <T>(list: readonly T[], random: () => number): T => list[Math.floor(random() * list.length)] as T;

const WRONG_VALUES: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  Number.MAX_SAFE_INTEGER,
  '',
  ' ',
  'true',
  '1e3',
  '-1',
  '9'.repeat(200),
  'x'.repeat(70_000),
  '\u0000',
  '\ud800',
  '__proto__',
  'constructor',
  '../../etc/passwd',
  '{{7*7}}',
  'Ünïcödé-节点-🂡',
  [],
  [null],
  [[[]]],
  {},
  { toString: 1, hasOwnProperty: null },
];

/** One of them for this body alone: what comes later may damage it further. */
const wrongValue = (random: () => number): unknown => structuredClone(pick(WRONG_VALUES, random));

/** Pieces of JSON text that no JSON.stringify writes. */
const RAW_VALUES: readonly string[] = [
  '1e999',
  '-1e999',
  '9223372036854775808',
  '123456789012345678901234567890',
  '0.1e-400',
  '-0',
  '{"__proto__":{"polluted":true},"__proto__":[]}',
  '{"constructor":{"prototype":{"polluted":true}}}',
  '{"a":1,"a":2}',
  '"\\u0000\\ud800"',
  `${'['.repeat(200)}${']'.repeat(200)}`,
  `${'{"a":'.repeat(100)}1${'}'.repeat(100)}`,
  `${'['.repeat(20_000)}${']'.repeat(20_000)}`,
];

const KEYS: readonly string[] = [
  '__proto__',
  'constructor',
  'prototype',
  '',
  'Pod',
  'nodenames',
  'kind',
  'x'.repeat(1000),
];

function damage(root: { body: unknown }, raw: Map<string, string>, random: () => number): void {
  const { parent, key } = pick(placesOf(root), random);
  const set = (name: string, value: unknown): void => {
    Object.defineProperty(parent, name, { value, writable: true, enumerable: true, configurable: true });
  };
  const value = (parent as Record<string, unknown>)[key];
  switch (Math.floor(random() * 7)) {
    case 0:
      delete (parent as Record<string, unknown>)[key];
      break;
    case 1:
      set(key, placeholder(pick(RAW_VALUES, random), raw));
      break;
    case 2:
      if (!Array.isArray(parent)) set(pick(KEYS, random), value);
      break;
    case 3:
      if (Array.isArray(value)) value.push(...value.slice(0, 3), wrongValue(random));
      else set(key, [value]);
      break;
    case 4:
      set(key, randomText(random));
      break;
    case 5:
      if (!Array.isArray(parent)) set(pick([key.toLowerCase(), key.toUpperCase()], random), value);
      break;
    default:
      set(key, wrongValue(random));
  }
}

/** Every place in the body that holds a value, the body itself among them. */
function placesOf(root: object): Place[] {
  const places: Place[] = [];
  const waiting: object[] = [root];
  for (let parent = waiting.pop(); parent !== undefined; parent = waiting.pop()) {
    for (const [key, value] of Object.entries(parent)) {
      places.push({ parent, key });
      if (typeof value === 'object' && value !== null) waiting.push(value);
    }
  }
  return places.length === 0 ? [{ parent: root, key: 'body' }] : places;
}

function placeholder(piece: string, raw: Map<string, string>): string {
  const name = `raw-piece-${raw.size}`;
  raw.set(name, piece);
  return name;
}

function randomText(random: () => number): string {
  const length = Math.floor(random() * 40);
  return Array.from({ length }, () => String.fromCharCode(Math.floor(random() * (random() < 0.8 ? 128 : 65_536)))).join(
    '',
  );
}

function damageBytes(bytes: Buffer, random: () => number): Buffer {
  const at = Math.floor(random() * bytes.length);
  switch (Math.floor(random() * 4)) {
    case 0:
      return bytes.subarray(0, at);
    case 1:
      return Buffer.concat([bytes.subarray(0, at), Buffer.from([0xff, 0xfe, 0xc0]), bytes.subarray(at)]);
    case 2:
      return Buffer.concat([bytes, bytes.subarray(at)]);
    default: {
      const flipped = Buffer.from(bytes);
      for (let flip = 0; flip < 4; flip += 1) {
        const place = Math.floor(random() * flipped.length);
        flipped[place] = (flipped[place] ?? 0) ^ (1 << Math.floor(random() * 8));
      }
      return flipped;
    }
  }
}
