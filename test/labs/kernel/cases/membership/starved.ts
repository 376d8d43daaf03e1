/** Threads that wait in a queue where nobody gets a turn soon, and CPUs that are none of their business. */
import assert from 'node:assert/strict';
import { ownedBy, owning } from '../../guest/fence.ts';
import { until } from '../../guest/until.ts';
import type { Ctx } from '../../runner/case.ts';
import { flips, judged, told } from './moves.ts';
import { moves, place, run, set, type Time, workers } from './scene.ts';
import { switchesTo } from './switches.ts';

/** Of 20 ms each, on the one CPU of their layer: a turn comes every 0.6 s. */
const CROWD = 30;
const FENCED = 4;
const WAITING = 3;
const ROUNDS = 10;
const TURN_MS = 5_000;
const PINNED_TURNS = 3;

/**
 * A crowd on one CPU, and on another one a protected layer that works without a stop. Who is promoted out of the crowd is
 * not on the protected CPU for a moment, nor is who has been demoted out of the protected layer.
 */
export async function starved(ctx: Ctx): Promise<void> {
  const layers = await owning('crowd', (count) => count === 1);
  const [protectedCpu = -1] = ownedBy(layers, 'fence');
  const [crowdCpu = -1] = ownedBy(layers, 'crowd');
  assert.ok(protectedCpu >= 0 && crowdCpu >= 0, 'both own a CPU');
  await run(ctx, place('fence.slice/container.scope'), { mode: 'hog', name: 'fenced', threads: FENCED });
  await run(ctx, place('crowd.slice/crowd.slice'), { mode: 'hog', name: 'crowd', threads: CROWD });
  const waiting = place('crowd.slice/waiting.slice');
  const load = await run(ctx, waiting, { mode: 'hog', name: 'waiting', threads: WAITING });
  const threads = workers(load);

  const switches = switchesTo(ctx, 'waiting');
  const { there } = await flips(threads, waiting, 'crowd', 'other');
  judged(ctx, 'starved: from the request to its switch', there);
  const promoted = switches.cpus();
  assert.ok(promoted.size > 0, 'the trace has seen them');
  assert.ok(!promoted.has(protectedCpu), `they were on the protected CPU ${protectedCpu}: ${[...promoted]}`);

  const demoted: Time[] = [];
  for (let turn = 0; turn < ROUNDS; turn++) {
    await moves(threads, 'fence', () => set('fence', waiting));
    await until('they have had a turn on it', () => switches.cpus().has(protectedCpu), TURN_MS);
    demoted.push(
      await moves(threads, 'other', async () => {
        await set('other', waiting);
        switches.clear();
      }),
    );
    const after = switches.cpus();
    assert.ok(!after.has(protectedCpu), `demoted, they were on the protected CPU: ${[...after]}`);
  }
  judged(ctx, 'out of a protected layer', demoted);
  switches.stop();
  load.kill();

  await pinned(ctx, 'pinned to the CPU of its starved layer', crowdCpu);
  await pinned(ctx, 'pinned to a protected CPU', protectedCpu);
}

/** There is nowhere else to go: that it moves in the end, and that nothing is ejected for it, is what counts. */
async function pinned(ctx: Ctx, name: string, cpu: number): Promise<void> {
  const at = place(`crowd.slice/pinned-${cpu}.slice`);
  const hog = await run(ctx, at, { mode: 'hog', name: 'pinned', pin: cpu });
  const { there, back } = await flips(workers(hog), at, 'crowd', 'other', PINNED_TURNS);
  told(ctx, name, [...there, ...back]);
  hog.kill();
}
