import type { SafeModeStatus__Output as SafeMode } from '../../../agent/api/generated/temper/agent/v1/SafeModeStatus.ts';
import { TemperError } from '../../model/errors.ts';
import { withAgent } from '../connect/agent.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { clean } from '../output/table.ts';

export async function safeModeStatus(context: Context): Promise<Result> {
  const { node, safeMode } = await withAgent(context, null, (agent) => agent.call('GetStatus', {}));
  const state = known(safeMode);
  return { kind: 'SafeMode', data: { node, ...state }, text: () => `${clean(node)}: ${sentence(state)}\n` };
}

/** Asks for safe mode by the node's file, or takes that back; the annotations are others' to take away. */
export async function setSafeMode(context: Context, on: boolean): Promise<Result> {
  const { changed, safeMode } = await withAgent(context, null, (agent) => agent.call('SetSafeMode', { on }));
  const state = known(safeMode);
  const held = !on && state.on ? new TemperError('TMP3212', state.sources.join(', ')) : undefined;
  return {
    kind: 'SafeMode',
    data: { changed, ...state },
    text: () => `${sentence(state)}${changed ? '' : ' (no change)'}\n`,
    ...(held !== undefined && { problem: held }),
    ...(on && { hints: ['safe-mode off takes it back'] }),
  };
}

function known(safeMode: SafeMode | null): SafeMode {
  if (safeMode === null) throw new TemperError('TMP3228', 'an answer without safe mode');
  return safeMode;
}

function sentence({ on, sources, reason }: SafeMode): string {
  return on ? `safe mode is on: ${clean(reason ?? sources.join(', '))}` : 'safe mode is off';
}
