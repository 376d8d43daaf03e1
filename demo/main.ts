import { type Arm, runArm } from './arm.ts';
import { explainThree } from './explain.ts';
import { readOptions } from './options.ts';
import { progressOn } from './progress.ts';
import { jsonReport, type Report, textReport } from './report.ts';

// `npm run demo`: the same arrivals without temper and with it, and what changed. Data goes to stdout, all else to stderr.

const options = readOptions(process.argv.slice(2));
/** What ends the things that were started; the latest comes first. */
const closers: Array<() => Promise<void>> = [];
let isServing = false;

async function run(temper: 'off' | 'on'): Promise<Arm> {
  const progress = progressOn(process.stderr, `temper ${temper}`, options.pods);
  const closing = (close: () => Promise<void>): void => {
    closers.unshift(close);
  };
  return await runArm(temper, options, { progress: progress.at, closing }).finally(progress.end);
}

async function closeAll(): Promise<void> {
  for (const close of closers.splice(0)) await close();
}

/** Where to look while it stays up. */
function invitation({ service, cluster, views }: Arm): string {
  const url = (listener: string, path: string): string => `  http://127.0.0.1:${service?.ports.get(listener)}${path}`;
  const pod = views.findLast(({ nodeName }) => nodeName !== null);
  return [
    '',
    'The cluster with temper stays up. Look at:',
    `${url('ops', '/metrics')}`,
    `${url('ops', '/readyz')}`,
    `${url('explain', `/explain/pods/${pod?.namespace}/${pod?.name}`)}`,
    `${url('explain', `/explain/nodes/${pod?.nodeName}`)}`,
    `  ${cluster.url}/api/v1/nodes (the stand-in API server)`,
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}

async function main(): Promise<void> {
  const off = await run('off');
  const on = await run('on');
  const explain = on.service === null ? [] : await explainThree(on.service, on.views);
  const report: Report = { options, off: off.result, on: on.result, explain };
  process.stdout.write(`${options.output === 'json' ? jsonReport(report) : textReport(report)}\n`);
  if (options.once) return closeAll();
  isServing = true;
  process.stderr.write(invitation(on));
}

/** Ctrl-C is the way to end it while it stays up, and also ends all that a run has started when it comes earlier. */
function interrupted(): void {
  void closeAll().then(() => process.exit(isServing ? 0 : 130));
}
process.once('SIGINT', interrupted);
process.once('SIGTERM', interrupted);

main().catch(async (error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  await closeAll();
  process.exit(1);
});
