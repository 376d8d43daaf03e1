// `npm run bench:cluster`: what the service costs and gains on the real control plane, beside the same without it and with
// a minimal Go program in its place.
import { narrator, runCommand } from '../../test/labs/telling.ts';
import { buildBundles } from '../build-bundles.ts';
import { addClasses, addNodes } from './fill.ts';
import { type Lab, withLab } from './lab.ts';
import { measureMemory } from './memory.ts';
import { type BenchOptions, type Part, readOptions, USAGE } from './options.ts';
import { measureOvercommit } from './overcommit.ts';
import { heading, writeRecord } from './record.ts';
import { reportMemory } from './report-memory.ts';
import { reportOvercommit } from './report-overcommit.ts';
import { reportThroughput } from './report-throughput.ts';
import { reportWebhook } from './report-webhook.ts';
import { measureThroughput } from './throughput.ts';
import { measureWebhook } from './webhook.ts';

const say = narrator(console.error);

type Measure = (lab: Lab, options: BenchOptions) => Promise<string>;

const MEASURES: Readonly<Record<Part, Measure>> = {
  async throughput(lab, { nodes, rounds, pods }) {
    const size = { rounds, pods, warmUp: Math.ceil(pods / 4) };
    return reportThroughput({ ...size, nodes }, await measureThroughput(lab, size));
  },
  webhook: async (lab, { creations }) => reportWebhook(await measureWebhook(lab, creations)),
  overcommit: async (lab) => reportOvercommit(await measureOvercommit(lab)),
  memory: async (lab, size) => reportMemory(await measureMemory(lab, size)),
};

async function main(): Promise<number> {
  const args = process.argv.slice(2);
  if (args.includes('--help')) {
    console.log(USAGE);
    return 0;
  }
  const options = readOptions(args);
  const head = heading(args);
  buildBundles();
  const sections = await withLab(say, async (lab) => {
    await addClasses(lab);
    await addNodes(lab, { name: 'node', count: options.nodes, cores: 16 });
    const texts: string[] = [];
    for (const part of options.parts) texts.push(await MEASURES[part](lab, options));
    return texts;
  });
  const text = [head, ...sections].join('\n\n');
  console.log(text);
  if (options.record) writeRecord(text);
  return 0;
}

runCommand('bench', main);
