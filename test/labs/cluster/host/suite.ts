import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Case } from '../../../e2e/case.ts';
import { openSession } from '../../../e2e/session.ts';
import { type Figure, seconds, tellFigure } from '../../telling.ts';
import { type Plane, startPlane } from '../plane/plane.ts';
import { runFolder } from './folders.ts';
import type { Parts } from './parts.ts';
import { podsAsProcesses } from './pods.ts';
import { realCluster } from './real.ts';
import type { Outcome } from './report.ts';

export interface SuiteOptions {
  readonly parts: Parts;
  readonly cases: readonly Case[];
  /** Keep the files of cases that pass, too. */
  readonly keep: boolean;
  readonly say: (text: string) => void;
}

/** Runs the cases one after the other on a control plane of their own. Nothing of it runs afterwards. */
export async function runSuite({ parts, cases, keep, say }: SuiteOptions): Promise<Outcome[]> {
  const folder = runFolder(parts.cache);
  const began = performance.now();
  const plane = await startPlane({ folder, programs: parts.programs, stages: parts.stages, say });
  endOnSignals(plane, say);
  say(`up after ${seconds(performance.now() - began)}: ${plane.url}`);
  const session = openSession(realCluster(plane, parts.programs));
  const runner = plane.hasServices ? await podsAsProcesses(plane, parts.programs, say) : null;
  const outcomes: Outcome[] = [];
  try {
    for (const one of cases) outcomes.push(await perform(one, session, plane, folder, say));
  } finally {
    await session.close();
    await runner?.stop();
    await plane.stop();
  }
  const failed = outcomes.some(({ problems }) => problems.length > 0);
  if (failed || keep) say(`kept: ${folder}`);
  else rmSync(folder, { recursive: true, force: true });
  return outcomes;
}

async function perform(
  one: Case,
  session: ReturnType<typeof openSession>,
  plane: Plane,
  run: string,
  say: (text: string) => void,
): Promise<Outcome> {
  say(`case ${one.name}: ${one.what}`);
  const folder = join(run, 'cases', one.name);
  mkdirSync(folder, { recursive: true });
  const figures: Figure[] = [];
  const began = performance.now();
  const problems = await session.run(one, {
    log: (text) => say(`  ${text}`),
    figure(name, value, unit) {
      figures.push({ name, value, unit });
      say(`  ${tellFigure({ name, value, unit })}`);
    },
    artifact: (name) => join(folder, name),
  });
  problems.push(...plane.lost());
  const ms = performance.now() - began;
  if (problems.length === 0) say(`ok ${one.name} (${seconds(ms)})`);
  else
    say(`NOT OK ${one.name} (${seconds(ms)})\n${problems.join('\n').replace(/^/gm, '    ')}\n  its files: ${folder}`);
  return { name: one.name, ms, problems, figures };
}

/** The programs end with this process in any case; this way their data goes as well. */
function endOnSignals(plane: Plane, say: (text: string) => void): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => {
      say(`${signal}: ends everything`);
      void plane.stop().finally(() => process.exit(130));
    });
  }
}
