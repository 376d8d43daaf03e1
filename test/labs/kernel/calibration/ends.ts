// How scx_layered 1.1.4 ends, and what it says then: done with the real one in the guest (cases/ends.ts) and with the
// double here (double.faults.ts). Where they differ, the double is mended.
import type { ExitClass } from '../../../../agent/scheduler/scheduler.ts';

export interface End {
  readonly name: string;
  /** JSON, or a text that is none. */
  readonly config: unknown;
  /** Before the config. */
  readonly words?: readonly string[];
  /** Sent once it is attached; without one it ends by itself. */
  readonly signal?: NodeJS.Signals;
  /** Of this one only; of both where there is none. */
  readonly binary?: 'stock' | 'patched';
  /** While another one is attached. */
  readonly second?: true;
  /** Exit code or signal. */
  readonly end: number | NodeJS.Signals;
  /** What the agent makes of it where it had not asked for the end. */
  readonly class: ExitClass;
  /** In its output. */
  readonly says: RegExp;
}

const NUMBERS = { util_range: [0.5, 0.8], cpus_range: [1, 1], weight: 100, slice_us: 20_000 };
const GROUPED = { Grouped: { ...NUMBERS, preempt: false, exclusive: false } };
const PREFIX = [{ CgroupPrefix: 'lab.slice/' }];
const REST = { name: 'rest', matches: [[]], kind: GROUPED };
const FIRST = { name: 'first', matches: [PREFIX], kind: GROUPED };
const GOOD = [FIRST, REST];

const first = (change: object): unknown => [{ ...FIRST, ...change }, REST];
const numbers = (change: object): unknown => first({ kind: { Grouped: { ...GROUPED.Grouped, ...change } } });
const matching = (match: object): unknown => first({ matches: [[match]] });
const many = (count: number): unknown => [
  ...Array.from({ length: count - 1 }, (_, at) => ({ ...FIRST, name: `layer-${at}` })),
  REST,
];

function refused(name: string, config: unknown, says: RegExp): End {
  return { name, config, end: 1, class: 'config-refused', says };
}

function panics(name: string, config: unknown): End {
  return { name, config, end: 101, class: 'panic', says: /panicked/ };
}

export const ENDS: readonly End[] = [
  refused('no JSON', '[{', /line 1/),
  refused('a field is missing', [{ name: 'x' }], /missing field/),
  refused('an unknown match', matching({ Foo: 'a' }), /unknown variant/),
  refused('an unknown kind', first({ kind: { Foo: {} } }), /unknown variant/),
  refused('a match of another type', matching({ CgroupPrefix: 7 }), /invalid type/),
  refused('no layer', [], /No layer spec/),
  refused('no last layer', [FIRST], /must have an empty match/),
  refused('a layer without matches', first({ matches: [] }), /has NULL matches/),
  refused('cpus_range the wrong way round', numbers({ cpus_range: [2, 1] }), /invalid cpus_range/),
  refused('util_range the wrong way round', numbers({ util_range: [0.8, 0.5] }), /invalid util_range/),
  refused(
    '33 OR blocks',
    first({ matches: Array.from({ length: 33 }, () => PREFIX) }),
    /too many \(33\) OR match blocks/,
  ),
  refused('17 layers', many(17), /Too many layer specs/),
  panics('a name of 200 bytes', first({ name: 'x'.repeat(200) })),
  panics('a comm of 16 bytes', matching({ CommPrefix: 'x'.repeat(16) })),
  {
    name: 'an unknown flag',
    config: GOOD,
    words: ['--no-such-flag'],
    end: 255,
    class: 'usage',
    says: /unexpected argument/,
  },
  {
    name: 'members for the stock binary',
    config: GOOD,
    words: ['--members', '/dev/null'],
    binary: 'stock',
    end: 255,
    class: 'usage',
    says: /unexpected argument/,
  },
  // On stderr, as all that is said with 255: the agent reads there what a binary can do.
  {
    name: 'its help',
    config: GOOD,
    words: ['--help'],
    end: 255,
    class: 'usage',
    says: /^\s*--lo-fb-share\b/m,
  },
  {
    name: 'the help of a patched one',
    config: GOOD,
    words: ['--help'],
    binary: 'patched',
    end: 255,
    class: 'usage',
    says: /^\s*--members\b/m,
  },
  {
    name: 'a file of members that is none',
    config: GOOD,
    words: ['--members', '/dev/null'],
    binary: 'patched',
    end: 1,
    class: 'config-refused',
    says: /--members.*not a JSON array of changes/s,
  },
  {
    name: 'a standby that is neither free nor told',
    config: GOOD,
    words: ['--standby', 'sometimes'],
    binary: 'patched',
    end: 255,
    class: 'usage',
    says: /invalid value 'sometimes'/,
  },
  { name: '16 layers', config: many(16), end: 1, class: 'ejected', says: /^Error: EXIT: /m },
  {
    name: 'another one is attached',
    config: GOOD,
    second: true,
    end: 1,
    class: 'not-attached',
    says: /^Error: another sched_ext scheduler is already running$/m,
  },
  {
    name: 'SIGTERM',
    config: GOOD,
    signal: 'SIGTERM',
    end: 0,
    class: 'killed',
    says: /^EXIT: unregistered from user space$/m,
  },
  {
    name: 'SIGINT',
    config: GOOD,
    signal: 'SIGINT',
    end: 0,
    class: 'killed',
    says: /^EXIT: unregistered from user space$/m,
  },
  { name: 'SIGKILL', config: GOOD, signal: 'SIGKILL', end: 'SIGKILL', class: 'killed', says: /(?:)/ },
];

export function endsOf(binary: 'stock' | 'patched'): readonly End[] {
  return ENDS.filter((end) => end.binary === undefined || end.binary === binary);
}
