import type { CgroupTree, PodCgroup } from '../../../agent/cgroups/tree.ts';
import { NOT_DEMOTED } from '../../../agent/layers/demotion.ts';
import { type DesireInput, desire } from '../../../agent/layers/desire.ts';
import { type RenderInput, render } from '../../../agent/layers/render.ts';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import type { Machine } from '../../../agent/machine/machine.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import type { SchedulerConfig } from '../../../agent/scheduler/scheduler.ts';

/** A machine of `cpus` CPUs; caches of eight cores, `nodes` NUMA nodes. */
export function machineOf(cpus: number, threads = 1, nodes = 1): Machine {
  const cores = Math.ceil(cpus / threads);
  const llcs = Math.ceil(cores / 8);
  return {
    cpus: Array.from({ length: cpus }, (_, id) => {
      const core = id % cores;
      const llc = Math.floor(core / 8);
      return { id, core, llc, node: Math.floor((llc * nodes) / llcs) };
    }),
    threads,
    cores,
    llcs,
    nodes,
  };
}

export function podOf(fields: Partial<AgentPod> & { readonly uid: string }): AgentPod {
  return {
    cgroupUid: fields.uid,
    namespace: 'shop',
    name: `pod-${fields.uid}`,
    tier: 'normal',
    tierReason: 'as the test says',
    qos: 'Burstable',
    requestMilli: 100,
    specMilli: 100,
    disbelieved: null,
    limitMilli: null,
    containerIds: [],
    ...fields,
  };
}

export type TreeForm = 'systemd' | 'cgroupfs' | 'nested';

/** The cgroups of these pods, as kubelet makes them. `nested` is a node that is a container of its host. */
export function treeOf(pods: readonly AgentPod[], form: TreeForm = 'systemd'): CgroupTree {
  const root = form === 'nested' ? 'system.slice/docker-0a1b.scope/kubelet.slice/kubelet-' : '';
  const top = form === 'cgroupfs' ? 'kubepods' : `${root}kubepods.slice`;
  const last = top.slice(top.lastIndexOf('/') + 1, -'.slice'.length);
  const parent = (qos: 'burstable' | 'besteffort') =>
    form === 'cgroupfs' ? `kubepods/${qos}` : `${top}/${last}-${qos}.slice`;
  const pathOf = ({ qos, cgroupUid }: AgentPod): string => {
    const level = qos === 'Guaranteed' ? null : qos === 'Burstable' ? 'burstable' : 'besteffort';
    if (form === 'cgroupfs') return `${level === null ? top : parent(level)}/pod${cgroupUid}`;
    const dashed = cgroupUid.replaceAll('-', '_');
    if (level === null) return `${top}/${last}-pod${dashed}.slice`;
    return `${parent(level)}/${last}-${level}-pod${dashed}.slice`;
  };
  return {
    layout: form === 'cgroupfs' ? 'cgroupfs' : 'systemd',
    problem: null,
    kubepods: { path: top, id: 10n },
    burstable: { path: parent('burstable'), id: 11n },
    bestEffort: { path: parent('besteffort'), id: 12n },
    pods: new Map(
      pods.map((pod): [string, PodCgroup] => [
        pod.cgroupUid,
        { path: pathOf(pod), id: idOf(pod.cgroupUid), containers: new Map() },
      ]),
    ),
  };
}

/** Of a pod's cgroup: by its uid, so that another pod does not change it; no more digits than a number holds. */
export function idOf(cgroupUid: string): bigint {
  return 1000n + BigInt(Number.parseInt(cgroupUid.replace(/\D/g, '').slice(-15) || '0', 10));
}

export function inputOf(pods: readonly AgentPod[], fields: Partial<DesireInput> = {}): DesireInput {
  return {
    pods,
    tree: treeOf(pods),
    machine: machineOf(8),
    settings: DEFAULT_LAYER_SETTINGS,
    matching: 'membership',
    self: null,
    demotion: NOT_DEMOTED,
    joined: null,
    now: 0,
    ...fields,
  };
}

/** Computes and renders; fails where the node would stay on stock. */
export function configOf(input: DesireInput): SchedulerConfig {
  const rendering = render(desire(input).desired, input as RenderInput);
  if (!rendering.ok) throw new Error(rendering.reason);
  return rendering.config;
}
