/** A scheduler that has to live through it: what must not change, and what it uses meanwhile. */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { ByHand } from '../../guest/by-hand.ts';
import { ask, members } from '../../guest/members.ts';
import { AGENT_LIMITS } from '../../guest/node.ts';
import { kernelTruth, layerStatistics } from '../../guest/truth.ts';
import type { Ctx } from '../../runner/case.ts';
import { type Place, place } from '../membership/scene.ts';

const MIB = 1024;
/** Between one look and the next. */
const MOST_MORE_MIB = 128;

async function inForceNow(): Promise<unknown> {
  return { members: await members(), numbers: await ask('layers') };
}

/** As in the agent's pod, whose limits both share. */
export function inLimits({ child }: ByHand): Place {
  const at = place('agent.slice');
  writeFileSync(join(dirname(at.path), 'cgroup.subtree_control'), '+memory +pids');
  const files = { 'memory.max': AGENT_LIMITS.memory, 'pids.max': AGENT_LIMITS.pids, 'cgroup.procs': `${child.pid}` };
  for (const [file, text] of Object.entries(files)) writeFileSync(join(at.path, file), text);
  return at;
}

export class Watched {
  readonly #ctx: Ctx;
  readonly #scheduler: ByHand;
  readonly #enableSeq = kernelTruth().enableSeq;
  /** Its members and the numbers of its layers. */
  readonly #inForce: unknown;

  private constructor(ctx: Ctx, scheduler: ByHand, inForce: unknown) {
    this.#ctx = ctx;
    this.#scheduler = scheduler;
    this.#inForce = inForce;
  }

  static async of(ctx: Ctx, scheduler: ByHand): Promise<Watched> {
    return new Watched(ctx, scheduler, await inForceNow());
  }

  /** Does something to it, and looks whether it is as before. */
  async through(what: string, happen: () => Promise<void>): Promise<void> {
    const before = this.#mebibytes('VmRSS');
    this.#forgetPeak();
    await happen();
    const peak = this.#mebibytes('VmHWM');
    await this.alive(what);
    const after = this.#mebibytes('VmRSS');
    this.#ctx.figure(`${what}: memory at most`, peak - before, 'MiB more');
    this.#ctx.figure(`${what}: memory afterwards`, after - before, 'MiB more');
    assert.ok(peak - before <= MOST_MORE_MIB, `${what}: ${peak - before} MiB more at its peak`);
  }

  /** Attached all the time, its statistics and members answered as before. */
  async alive(what: string): Promise<void> {
    const { state, enableSeq } = kernelTruth();
    const output = this.#scheduler.output().slice(-2_000);
    assert.deepEqual(
      [state, enableSeq, this.#scheduler.hasEnded()],
      ['enabled', this.#enableSeq, false],
      `${what}: ${output}`,
    );
    assert.ok((await layerStatistics()).size > 0, what);
    assert.deepEqual(await inForceNow(), this.#inForce, `${what}: what is in force`);
  }

  threads(): number {
    return this.#status('Threads');
  }

  #mebibytes(field: string): number {
    return Math.round(this.#status(field) / MIB);
  }

  #status(field: string): number {
    const text = readFileSync(`/proc/${this.#scheduler.child.pid}/status`, 'utf8');
    return Number(new RegExp(`^${field}:\\s*(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  }

  #forgetPeak(): void {
    writeFileSync(`/proc/${this.#scheduler.child.pid}/clear_refs`, '5');
  }
}
