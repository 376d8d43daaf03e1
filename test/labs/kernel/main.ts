// `npm run lab:kernel`: the agent and the real scx_layered on a real kernel in a virtual machine. README.md beside this.
import { rmSync } from 'node:fs';
import { CannotRun } from '../../../scripts/making/cannot-run.ts';
import { narrator, runCommand } from '../telling.ts';
import { CASES } from './cases/index.ts';
import { type Boot, chooseCases, describeBoot, planBoots, type Wanted } from './host/boots.ts';
import { priceOf } from './host/costs.ts';
import { type Lab, openShell, prepare } from './host/lab.ts';
import { type LabOptions, readOptions, USAGE } from './host/options.ts';
import { getParts, runFolder } from './host/parts.ts';
import { report } from './host/report.ts';
import { runCases } from './host/run.ts';
import { DEFAULT_SCHEDULER } from './runner/case.ts';
import { shapeOf } from './vm/shape.ts';

const say = narrator(console.log);

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const options = readOptions(args);
  const { cases, leftOut } = chooseCases(CASES, options);
  if (cases.length === 0) throw new CannotRun(`no case matches ${options.pattern}; --list names them`);
  const boots = planBoots(cases, options);
  if (options.list) return list(boots, leftOut);
  const parts = getParts(options.shell ? [shellOf(options)] : boots, options, say);
  const lab: Lab = { options, parts, folder: runFolder(parts.cache), say };
  return options.shell ? await shell(lab) : await runAll(lab, boots, leftOut);
}

function list(boots: readonly Boot[], leftOut: readonly string[]): number {
  for (const boot of boots)
    for (const one of boot.cases) console.log(`${one.name}: ${one.what} (${describeBoot(boot)}; ${priceOf(one.name)})`);
  for (const one of leftOut) console.log(`not run unless asked for: ${one}`);
  return 0;
}

function shellOf({ cpus, scx }: LabOptions): Wanted {
  return {
    kernel: 'sched-ext',
    scx: scx ?? DEFAULT_SCHEDULER,
    shape: shapeOf(cpus === null ? {} : { cpus }),
    words: [],
  };
}

async function shell(lab: Lab): Promise<number> {
  const wanted = shellOf(lab.options);
  say(await openShell(lab, await prepare(lab, [wanted]), wanted));
  rmSync(lab.folder, { recursive: true, force: true });
  return 0;
}

async function runAll(lab: Lab, boots: readonly Boot[], leftOut: readonly string[]): Promise<number> {
  const made = await prepare(lab, boots);
  const outcomes = await runCases(lab, made, boots);
  const isWhole = outcomes.every(({ state }) => state === 'passed');
  const isGood = outcomes.every(({ state }) => state !== 'failed') && outcomes.some(({ state }) => state === 'passed');
  if (isWhole && !lab.options.keep) rmSync(lab.folder, { recursive: true, force: true });
  else say(`kept: ${lab.folder}`);
  say('all guests have ended');
  console.log(report(outcomes, leftOut));
  return isGood ? 0 : 1;
}

runCommand('lab', main);
