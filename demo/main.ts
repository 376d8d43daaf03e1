import { type Arm, runArm } from './arm.ts';
import { createClosers } from './closers.ts';
import { explainThree } from './explain.ts';
import { readOptions } from './options.ts';
import { progressOn } from './progress.ts';
import { jsonReport, type Report, textReport } from './report.ts';
import { castOf, playScene, type Scene } from './scene/play.ts';

// `npm run demo`: the same arrivals without temper and with it, and what changed. Data goes to stdout, all else to stderr.

const options = readOptions(process.argv.slice(2));
const closers = createClosers();
const FAILURE = 1;
let isServing = false;
let isInterrupted = false;

async function run(temper: 'off' | 'on'): Promise<Arm> {
  const progress = progressOn(process.stderr, `temper ${temper}`, options.pods);
  return await runArm(temper, options, { progress: progress.at, closing: closers.add }).finally(progress.end);
}

/** What happens to the nodes with real agents when all has arrived. */
async function scene({ cluster, agents }: Arm): Promise<Scene> {
  const nodes = agents.slice(0, castOf(agents.length).length).map(({ node }) => node.name);
  if (nodes.length > 0) process.stderr.write(`scene on ${nodes.join(' and ')}: some 10 seconds\n`);
  return await playScene(cluster, agents);
}

/** Where to look while it stays up. */
async function invitation({ service, cluster, views, agents }: Arm): Promise<string> {
  const url = (listener: string, path: string): string => `  http://127.0.0.1:${service?.ports.get(listener)}${path}`;
  const drained = new Set(agents.map(({ node }) => node.name));
  const placed = views.filter(({ nodeName }) => nodeName !== null);
  const pod = placed.findLast(({ nodeName }) => !drained.has(nodeName ?? '')) ?? placed.at(-1);
  const ports = await Promise.all(agents.map((agent) => agent.process.ports));
  return [
    '',
    'The cluster with temper stays up. Look at:',
    `${url('ops', '/metrics')}`,
    `${url('ops', '/readyz')}`,
    `${url('explain', `/explain/pods/${pod?.namespace}/${pod?.name}`)}`,
    `${url('explain', `/explain/nodes/${pod?.nodeName}`)}`,
    `  ${cluster.url}/api/v1/nodes (the stand-in API server)`,
    ...agents.map(({ node }, at) => `  http://127.0.0.1:${ports[at]?.http}/observe (the agent of ${node.name})`),
    ...agents.map(({ node }, at) => `  npm run cli -- status --address 127.0.0.1:${ports[at]?.grpc} (${node.name})`),
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const off = await run('off');
  const on = await run('on');
  const explain = on.service === null ? [] : await explainThree(on.service, on.views);
  const agents = { nodes: on.agents.map(({ node }) => node.name), refused: on.agentsRefused };
  const report: Report = { options, off: off.result, on: on.result, explain, agents, scene: await scene(on) };
  process.stdout.write(`${options.output === 'json' ? jsonReport(report) : textReport(report)}\n`);
  if (report.scene.problem !== null) process.exitCode = FAILURE;
  if (options.once) return closers.closeAll();
  isServing = true;
  process.stderr.write(await invitation(on));
}

/** Ctrl-C is the way to end it while it stays up, and also ends all that a run has started when it comes earlier. */
function interrupted(): void {
  isInterrupted = true;
  void closers.closeAll().finally(() => process.exit(isServing ? (process.exitCode ?? 0) : 130));
}
// Only once: who asks again does not want to wait.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, interrupted);

main().catch(async (error: unknown) => {
  // What fails because everything is being ended is no news.
  if (isInterrupted) return;
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await closers.closeAll().finally(() => process.exit(FAILURE));
});
