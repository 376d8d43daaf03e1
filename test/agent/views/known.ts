import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { NO_MEMORY } from '../../../agent/reconcile/attach.ts';
import { plan } from '../../../agent/reconcile/plan.ts';
import type { SchedulerConfig, SchedulerDetails } from '../../../agent/scheduler/scheduler.ts';
import type { Known } from '../../../agent/views/known.ts';
import { inputOf, podOf, treeOf } from '../layers/builders.ts';

export const AT = Date.UTC(2026, 10, 21, 10);

export const PODS: readonly AgentPod[] = [
  podOf({ uid: '1', name: 'cart', tier: 'critical', requestMilli: 2000, specMilli: 2000 }),
  podOf({ uid: '2', name: 'web', requestMilli: 300, limitMilli: 500 }),
  podOf({ uid: '3', name: 'late', disbelieved: 'it was resized' }),
];

export const STOCK: SchedulerDetails = {
  phase: 'stock',
  reason: 'nothing is wanted',
  since: AT - 4_000,
  name: null,
  config: null,
  generation: 0,
  lastExit: null,
  usesLastKnownGood: false,
  incomplete: null,
  retryAt: null,
  foreign: null,
  unproven: null,
};

/** Three pods, the cgroup of the last not found yet; enforced. */
export function knownOf(change: Partial<Known> = {}): Known {
  const planned = plan(inputOf(PODS, { tree: treeOf(PODS.slice(0, 2)), matching: 'membership' }));
  const config = planned.config as SchedulerConfig;
  return {
    node: 'node-1',
    now: AT,
    turn: {
      plan: planned,
      decision: {
        goal: { want: 'enforce', config, cause: 'pods' },
        status: { word: 'enforcing', reason: null },
        protection: 'enforcing',
        memory: { ...NO_MEMORY, wished: true },
      },
      gate: { checks: [], refusal: null },
      machine: inputOf([]).machine,
    },
    status: { word: 'enforcing', reason: null },
    statusSince: AT - 1_000,
    pods: new Map(PODS.map((pod) => [pod.uid, pod])),
    tree: null,
    overrides: new Map(),
    scheduler: { ...STOCK, phase: 'enforcing', reason: 'proven', name: 'layered', config, generation: 3 },
    inForce: planned.desired?.placements ?? null,
    statistics: null,
    generation: 12,
    matching: 'membership',
    safeMode: { sources: [], reason: null },
    gaps: { count: 1, totalMs: 900 },
    versions: { agent: '0.1.0', scheduler: '1.1.4', kernel: '7.3.4' },
    settingsNotices: [],
    lastContactAt: undefined,
    ...change,
  };
}
