import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { PodCgroup } from '../../../agent/cgroups/tree.ts';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { createPlanner, NO_PLAN, plan } from '../../../agent/reconcile/plan.ts';
import { TIERS } from '../../../src/model/tier.ts';
import { containerId } from '../cgroups/trees.ts';
import { machineOf, podOf, treeOf } from '../layers/builders.ts';

const label = fc.integer({ min: 0, max: 3 });
const containers = fc.array(fc.integer({ min: 0, max: 2 }), { maxLength: 2 });
const ACT = fc.oneof(
  fc.record({
    what: fc.constant('pod' as const),
    label,
    tier: fc.constantFrom(...TIERS, 'system' as const),
    requestMilli: fc.constantFrom(100, 4_000),
    isStatic: fc.boolean(),
    containers,
  }),
  fc.record({ what: fc.constant('directory' as const), label, containers }),
  fc.record({ what: fc.constant('no pod' as const), label }),
  fc.record({ what: fc.constant('no directory' as const), label }),
);

type Act = typeof ACT extends fc.Arbitrary<infer One> ? One : never;

/** Pods and directories that come, go and change. */
class World {
  readonly pods = new Map<string, AgentPod>();
  tree = treeOf([]);

  happens(act: Act, at: number): void {
    const uid = String(act.label);
    if (act.what === 'no pod') {
      this.pods.delete(uid);
    } else if (act.what === 'pod') {
      const { tier, requestMilli, isStatic } = act;
      const containerIds = act.containers.map((id) => containerId(id));
      const cgroupUid = isStatic ? String((act.label + 1) % 4) : uid;
      this.pods.set(uid, podOf({ uid, cgroupUid, tier, requestMilli, containerIds }));
    } else {
      const dirs = new Map(this.tree.pods);
      if (act.what === 'no directory') dirs.delete(uid);
      else dirs.set(uid, cgroup(uid, at, act.containers));
      this.tree = { ...this.tree, pods: dirs };
    }
  }
}

test('a plan that follows one change after the other is that of somebody who has just come', () => {
  const matching = fc.constantFrom('membership' as const, 'prefixes' as const);
  fc.assert(
    fc.property(fc.array(ACT, { minLength: 1, maxLength: 30 }), matching, (acts, how) => {
      const world = new World();
      const planner = createPlanner();
      const common = { machine: machineOf(8), settings: DEFAULT_LAYER_SETTINGS, matching: how, self: '3', now: 0 };
      let { demotion, joined } = NO_PLAN;
      for (const [at, act] of acts.entries()) {
        world.happens(act, at);
        const followed = planner({ ...common, pods: new Map(world.pods), tree: world.tree });
        // Nothing of this was ever seen before, so nothing that was kept can stand for it.
        const pods = structuredClone([...world.pods.values()].reverse());
        const anew = plan({
          ...common,
          pods,
          tree: structuredClone(world.tree),
          demotion,
          joined: structuredClone(joined),
        });
        assert.deepEqual(followed.desired, anew.desired);
        assert.deepEqual(followed.config, anew.config);
        assert.deepEqual(followed.joined?.places, anew.joined?.places);
        assert.deepEqual(followed.joined?.unknown, anew.joined?.unknown);
        ({ demotion, joined } = followed);
      }
    }),
    { numRuns: 500 },
  );
});

function cgroup(uid: string, at: number, ids: readonly number[]): PodCgroup {
  const path = `kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod${uid}.slice`;
  const id = BigInt(1_000 + at);
  return {
    path,
    id,
    containers: new Map(ids.map((one) => [containerId(one), { path: `${path}/${one}`, id: id * 100n + BigInt(one) }])),
  };
}
