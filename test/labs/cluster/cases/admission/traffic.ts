import assert from 'node:assert/strict';
import { quantile } from '../../../../../bench/load.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { cpuOf, kubeconfigFile, type Pod, podBody, pods } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { createKubeClient } from '../../../../support/kube-client.ts';

/** Pods that are created at a steady rate, whatever happens meanwhile. */
export interface Traffic {
  /** Resolves when so many more are created. */
  more(count: number): Promise<void>;
  /** No more; resolves when the last one is answered. */
  stop(): Promise<Tally>;
}

export interface Tally {
  readonly created: number;
  /** What was said to each that was not created. */
  readonly refused: readonly string[];
  /** When each pod was created that came back as it was, milliseconds since the start. */
  readonly unmodified: readonly number[];
  /** How long each creation took, ascending. */
  readonly ms: readonly number[];
  readonly perSecond: number;
}

const PER_SECOND = 50;
const TICK_MS = 10;
/** A machine that cannot keep up gets fewer a second, and no growing queue. */
const MAX_OPEN = 50;
/** Nobody places them: what is looked at is admission. */
const NOBODY = { schedulerName: 'nobody' };

/**
 * Begins at once: one each 20 ms by default, whether those before are answered or not.
 *
 * @param from number of the first: their names are those of others after this one
 */
export async function startTraffic(
  ctx: Ctx,
  namespace: string,
  from = 0,
  perSecondWanted = PER_SECOND,
): Promise<Traffic> {
  // Connections of its own: what the lab itself asks the API server does not wait behind it.
  const client = await createKubeClient(kubeconfigFile(ctx));
  ctx.after(() => client.close());
  const began = performance.now();
  const refused: string[] = [];
  const unmodified: number[] = [];
  const ms: number[] = [];
  const open = new Set<Promise<void>>();
  let sent = 0;
  let left = 0;

  const create = async (name: string): Promise<void> => {
    const at = performance.now();
    try {
      const pod = await client.create<Pod>(pods(namespace), podBody({ name, spec: NOBODY }));
      ms.push(performance.now() - at);
      if (cpuOf(pod) !== '700m') unmodified.push(at - began);
    } catch (error) {
      refused.push((error as Error).message);
    }
  };
  const timer = setInterval(() => {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecondWanted);
    while (sent + left < due) {
      if (open.size >= MAX_OPEN) {
        left = due - sent;
        break;
      }
      const one = create(`pod-${from + sent++}`).finally(() => open.delete(one));
      open.add(one);
    }
  }, TICK_MS);
  ctx.after(() => clearInterval(timer));

  return {
    async more(count) {
      const wanted = ms.length + count;
      await until(`${wanted} pods are created`, () => ms.length >= wanted);
    },
    async stop() {
      clearInterval(timer);
      await Promise.all(open);
      const perSecond = (sent / (performance.now() - began)) * 1000;
      return { created: ms.length, refused, unmodified, ms: ms.sort((a, b) => a - b), perSecond };
    },
  };
}

/** Nobody was refused, nobody passed over. */
export function holds(ctx: Ctx, tally: Tally): void {
  tell(ctx, 'all', tally);
  assert.deepEqual(tally.refused, []);
  assert.deepEqual(tally.unmodified, []);
}

export function tell(ctx: Ctx, what: string, { created, refused, unmodified, ms, perSecond }: Tally): void {
  ctx.figure(`${what}: created`, created, 'pods');
  ctx.figure(`${what}: of them a second`, perSecond, 'pods');
  ctx.figure(`${what}: refused`, refused.length, 'pods');
  ctx.figure(`${what}: not scaled`, unmodified.length, 'pods');
  ctx.figure(`${what}: p50 of a creation`, quantile(ms, 0.5), 'ms');
  ctx.figure(`${what}: p99 of a creation`, quantile(ms, 0.99), 'ms');
}
