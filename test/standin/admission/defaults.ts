import { formatAmount } from '../amount.ts';
import { type ContainerSpec, own, type PodObject, type QuantityMap } from '../api/objects.ts';
import { containersTogether, readHoldings } from '../pod-amounts.ts';

/**
 * What the API server fills in when it decodes a pod, before any admission plugin runs: above all
 * requests, which become the limits where only those are given. Changes the draft.
 */
export function applyPodDefaults(pod: PodObject): void {
  const { spec } = pod;
  for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
    requestsFromLimits(container);
    container['terminationMessagePath'] ??= '/dev/termination-log';
    container['terminationMessagePolicy'] ??= 'File';
    container['imagePullPolicy'] ??= pullPolicy(container.image ?? '');
  }
  levelRequestsFromLimits(pod);
  spec['restartPolicy'] ??= 'Always';
  spec.terminationGracePeriodSeconds ??= 30;
  spec['dnsPolicy'] ??= 'ClusterFirst';
  spec['securityContext'] ??= {};
  spec.schedulerName ??= 'default-scheduler';
  spec['enableServiceLinks'] ??= true;
}

function requestsFromLimits(container: ContainerSpec): void {
  const { limits, requests } = container.resources ?? {};
  if (limits === undefined) return;
  container.resources = { ...container.resources, requests: { ...limits, ...requests } };
}

/** With pod-level limits, a pod-level request that is not given is what the containers ask for, else the limit. */
function levelRequestsFromLimits({ spec }: PodObject): void {
  const { limits, requests } = spec.resources ?? {};
  if (limits === undefined || Object.keys(limits).length === 0) return;
  const together = containersTogether(readHoldings(spec), (holding) => holding.requests);
  const level: QuantityMap = { ...requests };
  for (const name of ['cpu', 'memory']) {
    const asked = together.get(name);
    const value = own(level, name) ?? (asked && formatAmount(asked)) ?? own(limits, name);
    if (value !== undefined) level[name] = value;
  }
  spec.resources = { ...spec.resources, requests: level };
}

function pullPolicy(image: string): string {
  const name = image.slice(image.lastIndexOf('/') + 1);
  const isPinned = image.includes('@') || (name.includes(':') && !name.endsWith(':latest'));
  return isPinned ? 'IfNotPresent' : 'Always';
}
