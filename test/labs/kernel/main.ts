// `npm run lab:kernel`: the agent and the real scx_layered on a real kernel in a virtual machine. README.md beside this.
import { rmSync } from 'node:fs';
import { CannotRun } from '../../../scripts/making/cannot-run.ts';
import { CASES } from './cases/index.ts';
import { type Boot, chooseCases, describeBoot, planBoots } from './host/boots.ts';
import { type Lab, openShell, prepare } from './host/lab.ts';
import { readOptions, USAGE } from './host/options.ts';
import { getParts, runFolder } from './host/parts.ts';
import { report, seconds } from './host/report.ts';
import { runCases } from './host/run.ts';
import type { KernelKind } from './runner/case.ts';
import { shapeOf } from './vm/shape.ts';

const started = performance.now();
const say = (text: string): void => console.log(`[${seconds(performance.now() - started).padStart(8)}] ${text}`);

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const options = readOptions(args);
  const { cases, leftOut } = chooseCases(CASES, options);
  if (cases.length === 0) throw new CannotRun(`no case matches ${options.pattern}; --list names them`);
  const boots = planBoots(cases, options.cpus);
  if (options.list) return list(boots, leftOut);
  const kinds = new Set<KernelKind>(options.shell ? ['sched-ext'] : boots.map(({ kernel }) => kernel));
  const parts = getParts(kinds, options, say);
  const lab: Lab = { options, parts, folder: runFolder(parts.cache), say };
  return options.shell ? await shell(lab) : await runAll(lab, boots, leftOut);
}

function list(boots: readonly Boot[], leftOut: readonly string[]): number {
  for (const boot of boots)
    for (const one of boot.cases) console.log(`${one.name}: ${one.what} (${describeBoot(boot)})`);
  for (const one of leftOut) console.log(`not run unless asked for: ${one}`);
  return 0;
}

async function shell(lab: Lab): Promise<number> {
  const { cpus } = lab.options;
  const made = await prepare(lab);
  const shape = shapeOf(cpus === null ? {} : { cpus });
  say(await openShell(lab, made, { kernel: 'sched-ext', shape, words: [] }));
  rmSync(lab.folder, { recursive: true, force: true });
  return 0;
}

async function runAll(lab: Lab, boots: readonly Boot[], leftOut: readonly string[]): Promise<number> {
  const made = await prepare(lab);
  const outcomes = await runCases(lab, made, boots);
  const failed = outcomes.filter(({ passed }) => !passed);
  if (failed.length === 0 && !lab.options.keep) rmSync(lab.folder, { recursive: true, force: true });
  else say(`kept: ${lab.folder}`);
  say('all guests have ended');
  console.log(report(outcomes, leftOut));
  return failed.length === 0 ? 0 : 1;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    console.error(error instanceof CannotRun ? `the lab cannot run: ${error.message}` : error);
    process.exitCode = 1;
  },
);
