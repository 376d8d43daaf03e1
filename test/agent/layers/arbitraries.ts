import fc from 'fast-check';
import type { DesireInput } from '../../../agent/layers/desire.ts';
import { geometry } from '../../../agent/layers/geometry.ts';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { TIERS } from '../../../src/model/tier.ts';
import { inputOf, machineOf, podOf, treeOf } from './builders.ts';

/** 1 to 512 CPUs, with and without SMT, odd numbers too, 1 to 4 NUMA nodes. */
export const machines = fc
  .tuple(fc.oneof(fc.integer({ min: 1, max: 16 }), fc.integer({ min: 1, max: 512 })), fc.constantFrom(1, 2))
  .chain(([cpus, threads]) => fc.integer({ min: 1, max: 4 }).map((nodes) => machineOf(cpus, threads, nodes)));

const milli = fc.oneof(
  fc.constantFrom(0, 1, 999, 1000, 1001),
  fc.integer({ min: 0, max: 4000 }),
  fc.integer({ min: 0, max: 600_000 }),
);

const podFields = fc.record({
  tier: fc.oneof(fc.constantFrom(...TIERS, 'system' as const), fc.constantFrom('normal', 'background')),
  qos: fc.constantFrom('Guaranteed', 'Burstable', 'BestEffort' as const),
  requestMilli: milli,
  limitMilli: fc.option(milli),
});

/** Up to `maxLength` pods, some of which have no cgroup yet. */
export function podLists(maxLength: number): fc.Arbitrary<AgentPod[]> {
  return fc
    .array(podFields, { maxLength, size: 'max' })
    .map((all) => all.map((fields, index) => podOf({ uid: `${index}`, ...(fields as Partial<AgentPod>) })));
}

export const settings = fc.record({
  reserve: fc.integer({ min: 1, max: 16 }),
  limits: fc.constantFrom('report', 'ceilings' as const),
  demotionHoldMs: fc.constant(DEFAULT_LAYER_SETTINGS.demotionHoldMs),
  sliceUs: fc.constant(DEFAULT_LAYER_SETTINGS.sliceUs),
  utilRange: fc.constant(DEFAULT_LAYER_SETTINGS.utilRange),
});

export interface Scope {
  readonly maxPods: number;
  readonly matching: DesireInput['matching'];
}

/** Whole inputs: machine, settings, pods, their cgroups, and the agent's own pod among them at times. */
export function inputs({ maxPods, matching }: Scope): fc.Arbitrary<DesireInput> {
  return fc
    .record({
      machine: machines,
      settings,
      pods: podLists(maxPods),
      form: fc.constantFrom('systemd', 'cgroupfs', 'nested' as const),
      missing: fc.constantFrom(0, 0, 3, 7),
      selfIndex: fc.constantFrom(null, 0, 5),
    })
    .map(({ machine, settings: chosen, pods, form, missing, selfIndex }) => {
      const tree = treeOf(missing === 0 ? pods : pods.filter((_, index) => index % missing !== 0), form);
      const self = selfIndex === null ? null : (pods[selfIndex]?.uid ?? null);
      return inputOf(pods, { machine, settings: chosen as DesireInput['settings'], tree, matching, self });
    });
}

/** Busy nodes whose fence fits, from one core to all that may be fenced, with every other layer in use. */
export const fencedNodes: fc.Arbitrary<DesireInput> = fc
  .record({
    machine: machines.filter(({ cpus, threads }) => cpus.length >= 2 * threads),
    reserve: fc.integer({ min: 1, max: 4 }),
    fill: fc.oneof(fc.constant(1), fc.double({ min: 0, max: 1, noNaN: true })),
    others: fc.array(milli, { minLength: 5, maxLength: 5 }),
    matching: fc.constantFrom('membership', 'prefixes' as const),
  })
  .map(({ machine, reserve, fill, others, matching }) => {
    const chosen = { ...DEFAULT_LAYER_SETTINGS, reserve, limits: 'ceilings' as const };
    const { fenceable, threads } = geometry(machine, reserve);
    const critical = Math.max(1, Math.round(fill * fenceable)) * threads * 1000;
    const pods = [
      podOf({ uid: '0', tier: 'critical', requestMilli: critical }),
      podOf({ uid: '1', tier: 'high', requestMilli: others[0] ?? 0 }),
      podOf({ uid: '2', tier: 'system', requestMilli: others[1] ?? 0 }),
      podOf({ uid: '3', tier: 'normal', requestMilli: others[2] ?? 0 }),
      podOf({ uid: '4', tier: 'normal', requestMilli: others[3] ?? 0, limitMilli: others[3] ?? 0 }),
      podOf({ uid: '5', tier: 'low', requestMilli: others[4] ?? 0, limitMilli: others[4] ?? 0 }),
      podOf({ uid: '6', tier: 'normal', requestMilli: 0, qos: 'BestEffort' }),
    ];
    return inputOf(pods, { machine, settings: chosen, matching });
  });
