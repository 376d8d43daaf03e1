import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg, totalmem } from 'node:os';
import { commitNow } from '../kernel/record.ts';

const FOLDER = 'bench/records';

/** What was run where: the head of the record. */
export function heading(args: readonly string[]): string {
  const command = ['npm run bench:cluster --', ...args].join(' ').replace(/ --$/, '');
  const date = new Date().toISOString().slice(0, 16).replace('T', ' ');
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, load ${loadavg()[0]?.toFixed(1)} before`;
  return `# the real control plane\n\n\`${command}\`, ${date} UTC, Node ${process.versions.node}, ${machine}, commit ${commitNow()}.`;
}

export function writeRecord(text: string): void {
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(`${FOLDER}/cluster.md`, `${text}\n`);
}
