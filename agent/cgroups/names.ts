import type { CgroupLayout } from './tree.ts';

/**
 * What directory names of a Kubernetes node's cgroup tree say. A name counts only as a whole, below a
 * parent that it fits: `kubepods-burstable-pod<uid>.slice` is a pod's only in `kubepods-burstable.slice`.
 */

/** All pods' parent. */
export interface RootName {
  readonly layout: CgroupLayout;
  /** What the names of slices in it begin with, e.g. `kubelet-kubepods`; empty with `cgroupfs`. */
  readonly stem: string;
}

export type QosDir = 'burstable' | 'besteffort';

const SLICE = '.slice';

/** Uids are UUIDs, hashes of static pods, or whatever a static pod's manifest gives. */
const UID = /^[0-9A-Za-z](?:[0-9A-Za-z_-]{0,126}[0-9A-Za-z])?$/;

/** Whether the directory is all pods' parent. A prefix stands for kubelet's `cgroupRoot`, and the parent must have it too. */
export function parseRoot(name: string, parent: string): RootName | null {
  if (name === 'kubepods') return { layout: 'cgroupfs', stem: '' };
  if (name === 'kubepods.slice') return { layout: 'systemd', stem: 'kubepods' };
  const prefix = name.endsWith('-kubepods.slice') ? name.slice(0, -'-kubepods.slice'.length) : '';
  return prefix !== '' && parent === prefix + SLICE ? { layout: 'systemd', stem: `${prefix}-kubepods` } : null;
}

/** Which QoS class's pods the directory in the root holds. Guaranteed ones have none of their own. */
export function parseQosDir(name: string, { layout, stem }: RootName): QosDir | null {
  for (const qos of ['burstable', 'besteffort'] as const) {
    if (name === (layout === 'systemd' ? `${stem}-${qos}${SLICE}` : qos)) return qos;
  }
  return null;
}

/** The uid of the pod whose directory it is. systemd's names have underscores where uids have dashes. */
export function parsePod(name: string, { layout, stem }: RootName, qos: QosDir | null): string | null {
  if (layout === 'cgroupfs') return uidIn(name, 'pod', '');
  const uid = uidIn(name, qos === null ? `${stem}-pod` : `${stem}-${qos}-pod`, SLICE);
  return uid === null || uid.includes('-') ? null : uid.replaceAll('_', '-');
}

function uidIn(name: string, before: string, after: string): string | null {
  if (!name.startsWith(before) || !name.endsWith(after)) return null;
  const uid = name.slice(before.length, name.length - after.length);
  return UID.test(uid) ? uid : null;
}

const SCOPE = /^(?:cri-containerd-|crio-|docker-|kata_)([0-9a-f]{64})\.scope$/;
const CGROUPFS_CONTAINER = /^(?:crio-|kata_)?([0-9a-f]{64})$/;
const CONMON = /^crio-conmon-[0-9a-f]{64}(?:\.scope)?$/;

/** A directory in a pod's: a container with its id, one that is known to hold no workload, or neither. */
export type PodPart = { readonly container: string } | 'no-workload' | null;

export function parsePodPart(name: string, layout: CgroupLayout): PodPart {
  const [, id] = (layout === 'systemd' ? SCOPE : CGROUPFS_CONTAINER).exec(name) ?? [];
  if (id !== undefined) return { container: id };
  return CONMON.test(name) ? 'no-workload' : null;
}

/**
 * Whether kubelet gave a systemd name to a runtime that makes plain directories: slice, runtime and id
 * joined by colons in one directory outside all pods' parent.
 */
export function isMismatch(name: string): boolean {
  return /^(?:[^:/]+-)?kubepods[^:/]*:[^:/]+:[0-9a-f]{64}$/.test(name);
}

/** Whether a node may live in this container, as with kind: its own tree begins below. */
export function isNodeContainer(name: string, parent: string): boolean {
  if (/^(?:docker|libpod|nerdctl)-[0-9a-f]{64}\.scope$/.test(name)) return true;
  if (parent === 'lxc' || name.startsWith('lxc.payload.')) return true;
  return parent === 'docker' && /^[0-9a-f]{64}$/.test(name);
}
