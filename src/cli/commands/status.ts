import type { GetStatusResponse__Output as Status } from '../../../agent/api/generated/temper/agent/v1/GetStatusResponse.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit.ts';
import type { Colour, Paint } from '../output/colour.ts';
import { noticeLines } from '../output/notices.ts';
import type { Result } from '../output/result.ts';
import { clean, facts, table } from '../output/table.ts';
import { ago, cores, count, span } from '../output/words.ts';

/**
 * How one node is.
 *
 * @param everyMs shows it again and again
 */
export async function status(context: Context, everyMs?: number): Promise<Result | ExitCode> {
  const resultOf = (answer: Status): Result => statusOf(answer, context.io.clock.now());
  if (everyMs !== undefined) {
    const { watchStatus } = await import('./watch.ts');
    return await watchStatus(context, { everyMs, request: {}, resultOf });
  }
  return resultOf(await withAgent(context, null, (agent) => agent.call('GetStatus', {})));
}

function statusOf({ pods: _pods, podsTotal: _total, ...answer }: Status, now: number): Result {
  return {
    kind: 'NodeStatus',
    data: answer,
    text: (paint) => statusText(answer, now, paint),
    exit: exitOfWord(answer.status),
  };
}

/** Where enforcement is not what it should be, scripts must hear of it: safe mode was asked for and is no fault. */
export function exitOfWord(word: string): ExitCode {
  return word === 'degraded' || word === 'unsupported' ? EXIT.checks : EXIT.ok;
}

const COLOURS: Readonly<Record<string, Colour>> = {
  enforcing: 'green',
  degraded: 'red',
  unsupported: 'red',
  'safe-mode': 'yellow',
  starting: 'yellow',
};

/** A node's status word in its colour, with the reason. */
export function headline(
  { node, status: word, reason }: Pick<Status, 'node' | 'status' | 'reason'>,
  paint: Paint,
): string {
  const colour = COLOURS[word];
  const shown = colour === undefined ? clean(word) : paint(colour, clean(word));
  return `${clean(node)}: ${shown}${reason === undefined ? '' : `: ${clean(reason)}`}`;
}

type Shown = Omit<Status, 'pods' | 'podsTotal'>;

function statusText(status: Shown, now: number, paint: Paint): string {
  const { safeMode, stockGap, versions } = status;
  const gap = stockGap?.currentMs === undefined ? '' : `, on stock for ${span(stockGap.currentMs)} now`;
  const overview = facts([
    ['since', ago(status.sinceMs, now)],
    ['generation', String(status.generation)],
    ['scheduler', schedulerText(status.scheduler, now)],
    ['safe mode', safeMode?.on ? `on: ${safeMode.reason ?? safeMode.sources.join(', ')}` : 'off'],
    ['checks', gateText(status)],
    ['API server', `heard ${ago(status.lastContactMs, now)}`],
    ['stock gaps', `${stockGap?.count ?? 0}, ${span(stockGap?.totalMs ?? 0)} in all${gap}`],
    ['versions', `agent ${versions?.agent ?? 'unknown'}, scx_layered ${versions?.scheduler ?? 'unknown'}`],
  ]);
  const tiers = table(
    [{ title: 'TIER' }, { title: 'PODS', align: 'right' }, { title: 'CORES REQUESTED', align: 'right' }],
    status.tiers.map(({ tier, pods, requestMilli }) => [tier, String(pods), cores(requestMilli)]),
  );
  return `${headline(status, paint)}\n${overview}\n${tiers}${noticesText(status, paint)}`;
}

function schedulerText(scheduler: Shown['scheduler'], now: number): string {
  if (scheduler === null) return 'unknown';
  const { phase, attached, foreign, matching, lastExit, usesLastKnownGood, retryAtMs } = scheduler;
  const parts = [phase];
  if (attached !== undefined) parts.push(`${attached} attached`);
  if (foreign !== undefined) parts.push(`another's scheduler: ${foreign}`);
  if (matching !== undefined) parts.push(`matching by ${matching}`);
  if (usesLastKnownGood) parts.push('with the last config that worked');
  if (retryAtMs !== undefined) parts.push(`next try in ${span(retryAtMs - now)}`);
  if (lastExit !== null) parts.push(`last exit ${ago(lastExit.atMs, now)}: ${lastExit.class}: ${lastExit.detail}`);
  return parts.join(', ');
}

function gateText({ gate, gateRefusal }: Shown): string {
  const of = (verdict: string): number => gate.filter((check) => check.verdict === verdict).length;
  const parts = [`${of('pass')} passed`];
  if (of('warn') > 0) parts.push(count(of('warn'), 'warning'));
  if (of('fail') > 0) parts.push(`${of('fail')} failed`);
  return gateRefusal === undefined ? parts.join(', ') : `${parts.join(', ')}: ${gateRefusal}`;
}

function noticesText({ notices }: Pick<Shown, 'notices'>, paint: Paint): string {
  return notices.length === 0 ? '' : `\n${noticeLines(notices, paint)}`;
}
