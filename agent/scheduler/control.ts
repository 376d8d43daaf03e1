import { z } from 'zod';
import type { Clock } from '../../src/model/clock.ts';
import { LineSocket } from './line-socket.ts';
import type { Control, ControlOutcome } from './ports.ts';
import { readReply } from './reply.ts';
import type { SchedulerConfig } from './scheduler.ts';

/**
 * The one request of the patched binary that changes it while it runs. Values are strings, as in every
 * request on that socket, so lists are JSON text; cgroup ids are decimal strings, as they need 64 bits.
 * It is checked whole before any of it is applied.
 *
 * - `members` with `op` `replace`: `[["<id>", layer], …]`, all there are.
 * - `members` with `op` `change`: `{"set": [["<id>", layer], …], "delete": ["<id>", …]}`.
 * - `layers`: `[{"name", "weight", "slice_us", "cpus_range", "util_range"}, …]`, only layers whose numbers change.
 */
export interface ControlRequest {
  readonly req: 'ctl';
  readonly args: { readonly op: 'replace' | 'change'; readonly members: string; readonly layers?: string };
}

const TIMEOUT_MS = 4_000;

/** What can change in a layer while it runs; anything else is part of the shape. */
const NUMBERS = z.object({
  weight: z.number().optional(),
  slice_us: z.number().optional(),
  cpus_range: z.array(z.number()).nullish(),
  util_range: z.array(z.number()).nullish(),
});
const LAYERS = z.array(z.object({ name: z.string(), kind: z.record(z.string(), NUMBERS) }));

export function controlAt(path: string, clock: Clock): Control {
  return {
    async update(from, to) {
      // A connection of its own: a long batch must not hold up the statistics.
      const socket = new LineSocket(path, clock);
      try {
        const reply = readReply(await socket.ask(controlRequest(from, to), TIMEOUT_MS));
        return reply.ok ? { kind: 'applied' } : { kind: 'refused', reason: reply.reason };
      } catch (error) {
        return unknown(error);
      } finally {
        socket.close();
      }
    },
  };
}

export function controlRequest(from: SchedulerConfig | null, to: SchedulerConfig): ControlRequest {
  const layers = from === null ? [] : changedNumbers(from.layers, to.layers);
  const args = {
    ...(from === null ? replaceAll(to) : change(from, to)),
    ...(layers.length === 0 ? {} : { layers: JSON.stringify(layers) }),
  };
  return { req: 'ctl', args };
}

function replaceAll({ members }: SchedulerConfig): { op: 'replace'; members: string } {
  return { op: 'replace', members: JSON.stringify([...(members ?? [])].map(([id, layer]) => [String(id), layer])) };
}

function change(from: SchedulerConfig, to: SchedulerConfig): { op: 'change'; members: string } {
  const before = from.members ?? new Map<bigint, number>();
  const after = to.members ?? new Map<bigint, number>();
  const set = [...after].filter(([id, layer]) => before.get(id) !== layer).map(([id, layer]) => [String(id), layer]);
  const gone = [...before.keys()].filter((id) => !after.has(id)).map(String);
  return { op: 'change', members: JSON.stringify({ set, delete: gone }) };
}

function changedNumbers(from: readonly unknown[], to: readonly unknown[]): object[] {
  const before = new Set(numbers(from).map((layer) => JSON.stringify(layer)));
  return numbers(to).filter((layer) => !before.has(JSON.stringify(layer)));
}

function numbers(layers: readonly unknown[]): object[] {
  return LAYERS.parse(layers).map(({ name, kind }) => ({ name, ...Object.values(kind)[0] }));
}

function unknown(error: unknown): ControlOutcome {
  return { kind: 'unknown', reason: error instanceof Error ? error.message : String(error) };
}
