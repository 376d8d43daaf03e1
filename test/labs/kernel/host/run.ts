import { join } from 'node:path';
import { seconds } from '../../telling.ts';
import { type Boot, describeBoot } from './boots.ts';
import { costOf } from './costs.ts';
import { type Guest, GuestLost, startGuest } from './guest.ts';
import { guestsAtOnce, thisMachine } from './jobs.ts';
import { type Lab, type Made, type Say, vmOptions } from './lab.ts';
import type { Outcome } from './outcome.ts';
import { type Lane, Queue } from './queue.ts';

/** Runs the cases of all boots, in guests side by side; after a case that failed, what waits gets a fresh one. */
export async function runCases(lab: Lab, made: Made, boots: readonly Boot[]): Promise<Outcome[]> {
  const queue = new Queue(boots, costOf);
  const cases = boots.flatMap((boot) => boot.cases).length;
  const largest = {
    cpus: Math.max(...boots.map(({ shape }) => shape.cpus)),
    memoryMb: Math.max(...boots.map(({ shape }) => shape.memoryMb)),
  };
  const hasThreads = made.accel === 'kvm' || lab.options.isThreaded;
  const jobs = Math.min(lab.options.jobs ?? guestsAtOnce(thisMachine(), hasThreads, largest), cases);
  lab.say(`cases: ${cases}; guests at once: up to ${jobs}`);
  const outcomes: Outcome[] = [];
  let guests = 0;
  const work = async (): Promise<void> => {
    for (let lane = queue.enter(); lane !== null; lane = queue.enter()) {
      outcomes.push(...(await runGuest(lab, made, lane, `guest-${++guests}`)));
      queue.leave(lane);
    }
  };
  await Promise.all(Array.from({ length: jobs }, work));
  return outcomes;
}

async function runGuest(lab: Lab, made: Made, lane: Lane, name: string): Promise<Outcome[]> {
  const say: Say = (text) => lab.say(text.replace(/^/gm, `${name} | `));
  const consoleFile = join(lab.folder, `${name}.console.log`);
  const started = performance.now();
  const { seed } = lane.boot;
  /** Cases that run with several seeds are told apart. */
  const nameOf = (one: string): string => (lab.options.boots > 1 ? `${one} seed-${seed}` : one);
  say(`boots: ${describeBoot(lane.boot)}`);
  let guest: Guest;
  try {
    guest = await startGuest(vmOptions(lab, made, lane.boot), consoleFile, (text) => say(`  ${text}`));
  } catch (error) {
    const reason = `the guest did not come up: ${(error as Error).message}; ${consoleFile}`;
    say(`NOT OK ${reason}`);
    const took = { guest: 0, real: performance.now() - started, cpu: 0 };
    const state = error instanceof GuestLost ? 'lost' : 'failed';
    return lane.giveUp().map(({ name: one }) => ({ name: nameOf(one), state, took, reason, figures: [] }));
  }
  say(`up after ${seconds(performance.now() - started)}: Linux ${guest.ready.release}`);
  const outcomes: Outcome[] = [];
  while (guest.alive) {
    const one = lane.next();
    if (one === null) break;
    say(`case ${one.name}: ${one.what}`);
    const folder = join(lab.folder, nameOf(one.name).replaceAll(' ', '-'));
    const { state, ...more } = await guest.perform({ name: one.name, seed }, folder);
    const outcome = { ...more, state, name: nameOf(one.name) };
    outcomes.push(outcome);
    say(tell(outcome, folder, consoleFile));
    if (state !== 'passed') break;
  }
  await guest.end();
  return outcomes;
}

function tell({ name, state, took, reason }: Outcome, folder: string, consoleFile: string): string {
  if (state === 'passed') return `ok ${name} (${seconds(took.guest)})`;
  return `${state === 'lost' ? 'LOST' : 'NOT OK'} ${name} (${seconds(took.guest)})\n${reason.replace(/^/gm, '    ')}\n  its files: ${folder}\n  the console: ${consoleFile}`;
}
