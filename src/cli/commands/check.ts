import type { GateCheck } from '../../../agent/gate/gate.ts';
import { hostPaths } from '../../../agent/host/paths.ts';
import { TemperError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Colour, Paint } from '../output/colour.ts';
import type { Result } from '../output/result.ts';
import { clean, table } from '../output/table.ts';
import { type ClassSummary, classesText } from './class-summary.ts';
import { exitOfWord, headline } from './status.ts';

/** Asks an agent for its checks and how it is. */
export async function check(context: Context): Promise<Result> {
  const { withAgent } = await import('../connect/agent.ts');
  const answer = await withAgent(context, null, (agent) => agent.call('GetStatus', {}));
  const { node, status, reason, notices, gateRefusal } = answer;
  const checks = answer.gate.map(({ remedy, ...rest }) => ({ ...rest, remedy: remedy ?? null }));
  const failed = gateRefusal !== undefined || checks.some(({ verdict }) => verdict === 'fail');
  return {
    kind: 'Check',
    data: { node, status, ...(reason !== undefined && { reason }), refusal: gateRefusal ?? null, checks, notices },
    text: (paint) => {
      const noticeLines = notices.map(({ id, message }) => `${paint('yellow', clean(id))}: ${clean(message)}\n`);
      return `${headline(answer, paint)}\n\n${checksText(checks, paint)}${noticeLines.join('')}`;
    },
    exit: failed ? EXIT.checks : exitOfWord(status),
  };
}

/** Judges the machine this runs on, before anything is installed, and tells what each PriorityClass would get. */
export async function checkPre(context: Context, threads: number): Promise<Result> {
  const { runGate } = await import('../../../agent/gate/run-gate.ts');
  const { checks, refusal } = await runGate(hostPaths(context.io.root), { agent: null });
  const { classes, problem, wanted } = await priorityClasses(context, threads);
  const verdict = refusal === null ? 'this machine can enforce' : `this machine cannot enforce: ${refusal}`;
  return {
    kind: 'PreCheck',
    data: {
      refusal,
      checks,
      priorityClasses: classes,
      ...(problem !== null && { priorityClassesProblem: problem.message }),
    },
    text: (paint) => {
      const shown = classes === null ? '' : `\n${classesText(classes, threads)}`;
      return `${paint(refusal === null ? 'green' : 'red', clean(verdict))}\n\n${checksText(checks, paint)}${shown}`;
    },
    exit: exitOfChecks(refusal),
    ...(problem !== null && (wanted ? { problem } : { hints: [`PriorityClasses are not listed: ${problem.message}`] })),
  };
}

function exitOfChecks(refusal: string | null): ExitCode {
  return refusal === null ? EXIT.ok : EXIT.checks;
}

/** Without a cluster the machine is still judged; a cluster that was asked for by a flag should have answered. */
async function priorityClasses(context: Context, threads: number): Promise<Classes> {
  const { listPriorityClasses } = await import('./priority-classes.ts');
  try {
    return { classes: await listPriorityClasses(context, threads), problem: null, wanted: false };
  } catch (error) {
    const { kubeconfig, context: kubeContext } = context.options;
    const wanted = kubeconfig !== undefined || kubeContext !== undefined;
    if (!(error instanceof TemperError) || error.id === 'TMP3227') throw error;
    return { classes: null, problem: error, wanted };
  }
}

interface Classes {
  readonly classes: readonly ClassSummary[] | null;
  readonly problem: TemperError | null;
  /** Whether the problem is an error, and not only a hint. */
  readonly wanted: boolean;
}

type ShownCheck = Omit<GateCheck, 'verdict'> & { readonly verdict: string };

const COLOURS: Readonly<Record<string, Colour>> = { pass: 'green', warn: 'yellow', fail: 'red' };

function checksText(checks: readonly ShownCheck[], paint: Paint): string {
  const lines = table(
    [{ title: 'CHECK' }, { title: 'VERDICT' }, { title: 'FOUND' }],
    checks.map(({ check: name, verdict, reason }) => [name, verdict, reason]),
  );
  const remedies = checks.flatMap(({ id, check: name, verdict, reason, remedy }) => {
    if (remedy === null) return [];
    const colour = COLOURS[verdict];
    const word = colour === undefined ? clean(verdict) : paint(colour, clean(verdict));
    return [`\n${word} ${clean(name)} (${clean(id)}): ${clean(reason)}\n  ${clean(remedy)}\n`];
  });
  return `${lines}${remedies.join('')}`;
}
