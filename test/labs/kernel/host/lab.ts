import { mkdirSync, openSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundles } from '../parts/bundles.ts';
import type { Entry } from '../parts/cpio.ts';
import { guestPrograms } from '../parts/guest-programs.ts';
import { initialDisk } from '../parts/initrd.ts';
import type { KernelKind } from '../runner/case.ts';
import { chooseAccel } from '../vm/accel.ts';
import type { Accel, VmOptions } from '../vm/command.ts';
import { attendVm } from '../vm/vm.ts';
import { describeBoot, type Wanted } from './boots.ts';
import type { LabOptions } from './options.ts';
import type { Kind, Parts } from './parts.ts';

const INIT = join(import.meta.dirname, '../runner/init.sh');
const RUNNER = join(import.meta.dirname, '../runner/main.ts');
/** Warnings of the guest's kernel are worth reading, its progress is not. */
const READABLE = ['loglevel=5'];
/** Work that shows nothing here: pages cleared twice, tests of ciphers and of clocks, ways around faults of real CPUs. */
const QUICK = [
  'init_on_alloc=0',
  'cryptomgr.notests=1',
  'tsc=reliable',
  'no_timer_check',
  'audit=0',
  'mitigations=off',
];
const WORDS = [...READABLE, ...QUICK, 'transparent_hugepage=madvise'];
/**
 * cmpxchg16b leaves garbage in the flags now and then (qemu 7.2). Linux 6.12 uses it all the time and panics in half of its
 * boots; the newer one hardly does, and without it scx_layered cannot make its timers there.
 */
const WITHOUT: Readonly<Record<KernelKind, readonly string[]>> = { 'sched-ext': [], 'no-sched-ext': ['cx16'] };

export type Say = (text: string) => void;

export interface Lab {
  readonly options: LabOptions;
  readonly parts: Parts;
  /** Of this run: console logs, files of failed cases. */
  readonly folder: string;
  readonly say: Say;
}

/** What is the same for all guests of this run. */
export interface Made {
  readonly accel: Accel;
  /** What all guests hold. */
  readonly entries: readonly Entry[];
  /** What a guest boots from, by `nameOf`. */
  readonly disks: ReadonlyMap<string, string>;
}

/** @param kinds of guests that there will be @param program what runs in them, a module of this repository */
export async function prepare(lab: Lab, kinds: readonly Kind[], program = RUNNER): Promise<Made> {
  const { options, parts, folder, say } = lab;
  mkdirSync(folder, { recursive: true });
  const image = Object.values(parts.kernels)[0]?.image ?? '';
  const [bundled, { accel, why }] = await Promise.all([
    bundles(folder, program),
    chooseAccel(image, join(parts.cache, 'kvm-works')),
  ]);
  say(`${accel === 'kvm' ? 'KVM' : 'emulation (TCG)'}: ${why}`);
  const { long, keep, boots } = options;
  const entries: Entry[] = [
    ...bundled,
    ...guestPrograms(parts.cache),
    { path: 'init', kind: 'copy', source: INIT, executable: true },
    {
      path: 'lab/options.json',
      kind: 'file',
      content: JSON.stringify({ long, keep, boots, scx: '/usr/bin/scx_layered' }),
    },
  ];
  const distinct = new Map(kinds.map((kind) => [nameOf(kind), kind]));
  const disks = new Map([...distinct].map(([name, kind]) => [name, diskOf(lab, entries, kind)]));
  return { accel, entries, disks };
}

/** The same for guests that can boot from the same disk. */
export function nameOf({ kernel, scx }: Kind): string {
  return `${kernel} ${scx}`;
}

/** What a guest of this kind boots from. @returns a path for as long as this process lives */
export function diskOf({ parts, folder }: Lab, entries: readonly Entry[], { kernel, scx }: Kind): string {
  const config = parts.kernels[kernel]?.config;
  const base = parts.bases.get(scx);
  if (config === undefined || base === undefined) throw new Error(`nothing was got for ${nameOf({ kernel, scx })}`);
  const disk = join(folder, `${kernel}.cpio`);
  initialDisk(disk, base, [...entries, { path: 'lab/kernel-config', kind: 'copy', source: config }]);
  return withoutName(disk);
}

/** Of 180 MB each nothing is left, however this run ends. @returns a path for as long as this process lives */
function withoutName(file: string): string {
  const handle = openSync(file, 'r');
  rmSync(file);
  return `/proc/${process.pid}/fd/${handle}`;
}

export function vmOptions({ parts, options: { isThreaded } }: Lab, { disks, accel }: Made, wanted: Wanted): VmOptions {
  const kernel = parts.kernels[wanted.kernel];
  const initrd = disks.get(nameOf(wanted));
  if (kernel === undefined || initrd === undefined) throw new Error(`nothing was got for ${nameOf(wanted)}`);
  return {
    shape: wanted.shape,
    accel,
    isThreaded,
    kernel: kernel.image,
    initrd,
    words: [...WORDS, ...wanted.words],
    without: WITHOUT[wanted.kernel],
    ...(wanted.turnUs !== undefined && { turnUs: wanted.turnUs }),
  };
}

/** A shell in a guest as the cases find it. */
export async function openShell(lab: Lab, made: Made, wanted: Wanted): Promise<string> {
  const options = vmOptions(lab, made, wanted);
  lab.say(`${describeBoot(wanted)}; the programs of the cases are in /lab; Ctrl-A X ends the guest`);
  return await attendVm({ ...options, words: [...options.words, 'lab.shell'] });
}
