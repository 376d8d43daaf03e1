// `npm run bench`: all measurements, or those named.
import { mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { benchAgent } from './agent.ts';
import { benchDemo } from './demo.ts';
import { benchLayers } from './layers.ts';
import { benchList } from './list.ts';
import { benchMemory } from './memory.ts';
import { benchPrioritize } from './prioritize.ts';
import { benchRequests } from './requests.ts';
import type { BenchResult } from './result.ts';
import { benchUpdate } from './update.ts';
import { benchWebhook } from './webhook.ts';

type Bench = (options: { smoke: boolean }) => Promise<BenchResult>;

const BENCHES: ReadonlyMap<string, Bench> = new Map([
  ['webhook', benchWebhook],
  ['prioritize', benchPrioritize],
  ['list', benchList],
  ['memory', benchMemory],
  ['layers', benchLayers],
  ['agent', benchAgent],
  ['update', benchUpdate],
  ['requests', benchRequests],
  ['demo', benchDemo],
]);

const USAGE = `npm run bench -- [options] [${[...BENCHES.keys()].join('|')} ...]
  --smoke    each for a moment, to see that it runs
  --record   write bench/records/<name>.md, with the command that repeats it`;

const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: {
    smoke: { type: 'boolean', default: false },
    record: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
if (values.help) {
  console.log(USAGE);
  process.exit();
}
const unknown = names.find((name) => !BENCHES.has(name));
if (unknown !== undefined) throw new Error(`no bench ${unknown}; there are ${[...BENCHES.keys()].join(', ')}`);

const { smoke, record: isRecorded } = values;
for (const [name, bench] of BENCHES) {
  if (names.length > 0 && !names.includes(name)) continue;
  const text = markdown(name, await bench({ smoke }));
  console.log(text);
  if (!isRecorded || smoke) continue;
  mkdirSync('bench/records', { recursive: true });
  writeFileSync(`bench/records/${name}.md`, text);
}

function markdown(name: string, { name: title, rows, notes }: BenchResult): string {
  const columns = Object.keys(rows[0] ?? {});
  const line = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    `# ${title}`,
    '',
    `\`npm run bench -- ${name}\`, ${new Date().toISOString().slice(0, 10)}, Node ${process.versions.node}, ${availableParallelism()} cores, a shared virtual machine.`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map((row) => line(columns.map((column) => String(row[column])))),
    '',
    ...notes.map((note) => `- ${note}`),
    '',
  ].join('\n');
}
