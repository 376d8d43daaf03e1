import type { GateCheck } from '../../../agent/gate/gate.ts';
import { hostPaths } from '../../../agent/host/paths.ts';
import { TemperError } from '../../model/errors.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import { widthOf } from '../io.ts';
import type { Colour, Paint } from '../output/colour.ts';
import { noticeLines } from '../output/notices.ts';
import type { Result } from '../output/result.ts';
import { clean, fold, folded, table } from '../output/table.ts';
import { count } from '../output/words.ts';
import { ATTACHING_DROPS, ATTACHING_DROPS_TEXT } from './attaching-drops.ts';
import { type ClassesSummary, classesText } from './class-summary.ts';
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
    data: {
      node,
      status,
      ...(reason !== undefined && { reason }),
      refusal: gateRefusal ?? null,
      checks,
      notices,
      attachingDrops: ATTACHING_DROPS,
    },
    text: (paint) => {
      const width = widthOf(context.io.stdout);
      const shown = `${checksText(checks, paint, width)}${noticeLines(notices, paint)}`;
      return `${headline(answer, paint)}\n\n${shown}\n${drops(width)}\n`;
    },
    exit: failed ? EXIT.checks : exitOfWord(status),
  };
}

/** Judges the machine this runs on, before anything is installed, and tells what each PriorityClass would get. */
export async function checkPre(context: Context, threads: number): Promise<Result> {
  const { runGate } = await import('../../../agent/gate/run-gate.ts');
  const { PROCESS_CHECKS } = await import('../../../agent/gate/table.ts');
  const { checks, refusal } = await runGate(hostPaths(context.io.root), { agent: null });
  const { classes, problem, wanted } = await priorityClasses(context, threads);
  const left = PROCESS_CHECKS.map(({ name }) => name);
  const width = widthOf(context.io.stdout);
  return {
    kind: 'PreCheck',
    data: {
      refusal,
      checks,
      notJudged: left,
      attachingDrops: ATTACHING_DROPS,
      priorityClasses: classes?.classes ?? null,
      ...(classes !== null && {
        podsWithoutClass: classes.withoutClass,
        fencedCpus: classes.fencedCpus,
        namespacesMadeHigh: classes.namespacesMadeHigh,
      }),
      ...(problem !== null && { priorityClassesProblem: problem.message }),
    },
    text: (paint) => {
      const shown = classes === null ? '' : `\n${classesText(classes, threads, width)}`;
      const note = fold(`Only the agent itself can judge ${left.join(', ')}.`, width).join('\n');
      const verdict = paint(refusal === null ? 'green' : 'red', clean(verdictOf(checks, refusal)));
      return `${verdict}\n\n${checksText(checks, paint, width)}\n${note}\n\n${drops(width)}\n${shown}`;
    },
    exit: exitOfChecks(refusal),
    ...(problem !== null && (wanted ? { problem } : { hints: [withoutClasses(problem)] })),
  };
}

function drops(width: number): string {
  return fold(ATTACHING_DROPS_TEXT, width).join('\n');
}

function verdictOf(checks: readonly GateCheck[], refusal: string | null): string {
  const failed = checks.filter(({ verdict }) => verdict === 'fail').length;
  const text = `temper cannot enforce on this machine: ${failed} of ${count(checks.length, 'check')} failed`;
  return refusal === null ? 'temper can enforce on this machine' : text;
}

function withoutClasses({ message }: TemperError): string {
  return `PriorityClasses are not listed: ${message}. --kubeconfig PATH names a cluster`;
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
  readonly classes: ClassesSummary | null;
  readonly problem: TemperError | null;
  /** Whether the problem is an error, and not only a hint. */
  readonly wanted: boolean;
}

type ShownCheck = Omit<GateCheck, 'verdict'> & { readonly verdict: string };

const COLOURS: Readonly<Record<string, Colour>> = { pass: 'green', warn: 'yellow', fail: 'red' };

function checksText(checks: readonly ShownCheck[], paint: Paint, width: number): string {
  const columns = [{ title: 'CHECK' }, { title: 'VERDICT' }, { title: 'FOUND' }];
  const before = Math.max('CHECK'.length, ...checks.map(({ check: name }) => name.length)) + 'VERDICT'.length + 4;
  const rows = checks.flatMap(({ check: name, verdict, reason }) => folded([name, verdict, reason], 2, width - before));
  const remedies = checks.flatMap(({ id, check: name, verdict, remedy }) => {
    if (remedy === null) return [];
    const colour = COLOURS[verdict];
    const word = colour === undefined ? clean(verdict) : paint(colour, clean(verdict));
    const lines = fold(clean(remedy), width - 2).map((line) => `  ${line}\n`);
    return [`\n${word} ${clean(name)} (${clean(id)})\n${lines.join('')}`];
  });
  return `${table(columns, rows)}${remedies.join('')}`;
}
