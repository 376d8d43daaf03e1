import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { bundles } from '../parts/bundles.ts';
import type { Entry } from '../parts/cpio.ts';
import { guestPrograms } from '../parts/guest-programs.ts';
import { initialDisk } from '../parts/initrd.ts';
import type { Case, KernelKind } from '../runner/case.ts';
import { type Chosen, chooseAccel } from '../vm/accel.ts';
import type { VmOptions } from '../vm/command.ts';
import { attendVm } from '../vm/vm.ts';
import { type Boot, describeBoot } from './boots.ts';
import { type Guest, startGuest } from './guest.ts';
import type { LabOptions } from './options.ts';
import type { Outcome } from './outcome.ts';
import type { Parts } from './parts.ts';

const INIT = join(import.meta.dirname, '../runner/init.sh');
const RUNNER = join(import.meta.dirname, '../runner/main.ts');
/** Warnings of the guest's kernel are worth reading, its progress is not. */
const WORDS = ['loglevel=5', 'transparent_hugepage=madvise'];
/**
 * cmpxchg16b leaves garbage in the flags now and then (qemu 7.2). Linux 6.12 uses it all the time and panics in half of its
 * boots; the newer one hardly does, and without it scx_layered cannot make its timers there.
 */
const WITHOUT: Readonly<Record<KernelKind, readonly string[]>> = { 'sched-ext': [], 'no-sched-ext': ['cx16'] };

export interface Lab {
  readonly options: LabOptions;
  readonly parts: Parts;
  /** Of this run: console logs, files of failed cases. */
  readonly folder: string;
  readonly say: (text: string) => void;
}

export interface Made {
  readonly entries: readonly Entry[];
  readonly accel: Chosen;
}

/**
 * What is the same for all guests of this run.
 *
 * @param program what runs in the guest, a module of this repository
 */
export async function prepare({ options, parts, folder, say }: Lab, program = RUNNER): Promise<Made> {
  mkdirSync(folder, { recursive: true });
  const image = Object.values(parts.kernels)[0]?.image ?? '';
  const [bundled, accel] = await Promise.all([
    bundles(folder, program),
    chooseAccel(image, join(parts.cache, 'kvm-works')),
  ]);
  say(`${accel.accel === 'kvm' ? 'KVM' : 'emulation (TCG)'}: ${accel.why}`);
  const { long, seed, keep } = options;
  const entries: Entry[] = [
    ...bundled,
    ...guestPrograms(parts.cache),
    { path: 'init', kind: 'copy', source: INIT, executable: true },
    {
      path: 'lab/options.json',
      kind: 'file',
      content: JSON.stringify({ long, seed, keep, scx: '/usr/bin/scx_layered' }),
    },
  ];
  return { entries, accel };
}

/** Runs the cases of a boot; after one that failed, the rest of them in a fresh guest. */
export async function runBoot(lab: Lab, made: Made, boot: Boot, number: number): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let waiting = [...boot.cases];
  for (let attempt = 1; waiting.length > 0; attempt++) {
    lab.say(`boots: ${describeBoot(boot)}`);
    const name = `boot-${number}.${attempt}`;
    const done = await runGuest(lab, vmOptions(lab, made, boot, name), waiting, name);
    outcomes.push(...done);
    waiting = waiting.slice(done.length);
  }
  return outcomes;
}

async function runGuest(lab: Lab, options: VmOptions, cases: readonly Case[], name: string): Promise<Outcome[]> {
  const consoleFile = join(lab.folder, `${name}.console.log`);
  const started = performance.now();
  let guest: Guest;
  try {
    guest = await startGuest(options, consoleFile, (text) => lab.say(`  ${text}`));
  } catch (error) {
    const reason = `the guest did not come up: ${(error as Error).message}; ${consoleFile}`;
    return cases.map((one) => ({ name: one.name, passed: false, ms: 0, reason, figures: [] }));
  } finally {
    rmSync(options.initrd, { force: true });
  }
  lab.say(`up after ${seconds(performance.now() - started)}: Linux ${guest.ready.release}`);
  const outcomes: Outcome[] = [];
  for (const one of cases) {
    lab.say(`case ${one.name}: ${one.what}`);
    const folder = join(lab.folder, one.name);
    const outcome = await guest.perform(one, folder);
    outcomes.push(outcome);
    lab.say(tell(outcome, folder, consoleFile));
    if (!outcome.passed || !guest.alive) break;
  }
  await guest.end();
  return outcomes;
}

function tell({ name, passed, ms, reason }: Outcome, folder: string, consoleFile: string): string {
  if (passed) return `ok ${name} (${seconds(ms)})`;
  return `NOT OK ${name} (${seconds(ms)})\n${reason.replace(/^/gm, '    ')}\n  its files: ${folder}\n  the console: ${consoleFile}`;
}

export function vmOptions({ parts, folder }: Lab, { entries, accel }: Made, boot: Boot, name: string): VmOptions {
  const kernel = parts.kernels[boot.kernel];
  if (kernel === undefined) throw new Error(`no kernel was got for ${boot.kernel}`);
  const initrd = join(folder, `${name}.cpio`);
  initialDisk(initrd, parts.base, [...entries, { path: 'lab/kernel-config', kind: 'copy', source: kernel.config }]);
  return {
    shape: boot.shape,
    accel: accel.accel,
    kernel: kernel.image,
    initrd,
    words: [...WORDS, ...boot.words],
    without: WITHOUT[boot.kernel],
  };
}

/** A shell in a guest as the cases find it. */
export async function openShell(lab: Lab, made: Made, boot: Boot): Promise<string> {
  const options = vmOptions(lab, made, boot, 'shell');
  lab.say(`${describeBoot(boot)}; the programs of the cases are in /lab; Ctrl-A X ends the guest`);
  return await attendVm({ ...options, words: [...options.words, 'lab.shell'] }).finally(() => rmSync(options.initrd));
}

export function seconds(ms: number): string {
  return `${(ms / 1000).toFixed(1)} s`;
}
