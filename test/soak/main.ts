// `npm run soak`: random acts on the real agent for SOAK_MINUTES (10), by SOAK_SEED (1). `-- --record` writes what it found to
// bench/records/soak.md.
import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { GROWTH, PATCHES_PER_HOUR, type SoakResult, soak } from './run.ts';
import { TIMES } from './world.ts';

const minutes = Number(process.env['SOAK_MINUTES'] ?? 10);
const seed = Number(process.env['SOAK_SEED'] ?? 1);
const result = await soak(minutes, seed, (line) => console.log(line));
const text = markdown(result);
console.log(text);
if (process.argv.includes('--record')) writeFileSync('bench/records/soak.md', text);

function markdown(found: SoakResult): string {
  const rows: Array<[string, string | number]> = [
    ['acts', found.acts],
    ['agents killed or ended, and started anew', found.restarts],
    ...Object.entries(found.settled).map(([what, count]): [string, number] => [`settled: ${what}`, count]),
    ['slowest until it was proven', `${Math.round(found.slowestSettleMs)} ms of ${TIMES.settleMs}`],
    ['memory whenever calm', `${found.residentMb.join(', ')} MB (at most +${GROWTH.residentMb})`],
    ['descriptors whenever calm', `${found.descriptors.join(', ')} (at most +${GROWTH.descriptors})`],
    ['patches of the Node', found.patches],
    ['most patches within an hour', `${found.patchesInAnHour} of ${PATCHES_PER_HOUR}`],
  ];
  return [
    '# soak',
    '',
    `\`SOAK_MINUTES=${found.minutes} SOAK_SEED=${found.seed} npm run soak -- --record\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} cores, a shared virtual machine.`,
    '',
    '| what | figure |',
    '| --- | --- |',
    ...rows.map(([what, figure]) => `| ${what} | ${figure} |`),
    '',
    '- Random acts on the real agent with the double of scx_layered, on a host of files: pods, tiers, kills, failures of the scheduler, API cuts, safe mode, bad configs, hotplug, clock jumps, lack of descriptors, lost inotify events.',
    '- After most acts the node was proven enforcing or proven stock within the stated time, with the status on the Node; safe mode stood down within 5 s. At its end no process and no file was left.',
    '- Memory and descriptors are those of the one agent that lived through the last 70 % of the time.',
    '',
  ].join('\n');
}
