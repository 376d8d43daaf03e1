import { type Amount, addAmounts, parseAmount } from './amount.ts';

/**
 * What a pod asks for, resource by resource, as Kubernetes adds it up (`PodRequests` and its kin in
 * component-helpers). Written apart from `src/model`, so that each can be held against the other.
 */

export type Amounts = ReadonlyMap<string, Amount>;

/** Requests and limits of a container, or of a pod as a whole. */
export interface Holding {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

export interface ContainerHolding extends Holding {
  readonly isSidecar: boolean;
}

export interface PodHoldings {
  readonly containers: readonly ContainerHolding[];
  readonly initContainers: readonly ContainerHolding[];
  /** Pod-level resources. */
  readonly level: Holding | undefined;
  readonly overhead: Amounts;
}

/** A value in a resource list that is no quantity. */
export class NotAQuantity extends Error {}

/** Reads `spec` of a pod. Throws NotAQuantity; everything else that is odd counts as absent. */
export function readHoldings(podSpec: unknown): PodHoldings {
  const spec = fields(podSpec);
  return {
    containers: list(spec.get('containers')).map(readContainer),
    initContainers: list(spec.get('initContainers')).map(readContainer),
    level: spec.get('resources') == null ? undefined : readHolding(spec.get('resources')),
    overhead: readAmounts(spec.get('overhead')),
  };
}

/** Reads a resource list such as `{cpu: '1', memory: '1Gi'}`. Throws NotAQuantity. */
export function readAmounts(resourceList: unknown): Amounts {
  const result = new Map<string, Amount>();
  for (const [name, value] of fields(resourceList)) {
    const amount = typeof value === 'string' || typeof value === 'number' ? parseAmount(String(value)) : null;
    if (amount === null) throw new NotAQuantity(`${name}: ${JSON.stringify(value)} is not a quantity`);
    result.set(name, amount);
  }
  return result;
}

/** Containers and sidecars together, or the peak while an init container runs, whichever is more. */
export function containersTogether(pod: PodHoldings, of: (holding: Holding) => Amounts): Map<string, Amount> {
  const steady = new Map<string, Amount>();
  for (const container of pod.containers) add(steady, of(container));
  const sidecars = new Map<string, Amount>();
  const peak = new Map<string, Amount>();
  for (const container of pod.initContainers) {
    if (container.isSidecar) {
      add(steady, of(container));
      add(sidecars, of(container));
      raise(peak, sidecars);
    } else {
      const running = new Map(of(container));
      add(running, sidecars);
      raise(peak, running);
    }
  }
  raise(steady, peak);
  return steady;
}

/** The containers together, with CPU and memory replaced by the pod's own where it has them. Without overhead. */
export function podTogether(pod: PodHoldings, of: (holding: Holding) => Amounts): Map<string, Amount> {
  const total = containersTogether(pod, of);
  if (pod.level === undefined) return total;
  for (const [name, amount] of of(pod.level)) if (name === 'cpu' || name === 'memory') total.set(name, amount);
  return total;
}

/** What the scheduler and quotas count: requests, with the pod's overhead on top. */
export function podRequests(
  pod: PodHoldings,
  of: (holding: Holding) => Amounts = ({ requests }) => requests,
): Map<string, Amount> {
  const total = podTogether(pod, of);
  add(total, pod.overhead);
  return total;
}

function add(total: Map<string, Amount>, more: Amounts): void {
  for (const [name, amount] of more) {
    const sum = total.get(name);
    total.set(name, sum === undefined ? amount : addAmounts(sum, amount));
  }
}

function raise(highest: Map<string, Amount>, more: Amounts): void {
  for (const [name, amount] of more) {
    const best = highest.get(name);
    if (best === undefined || amount.nano > best.nano) highest.set(name, amount);
  }
}

function readContainer(container: unknown): ContainerHolding {
  const values = fields(container);
  return { ...readHolding(values.get('resources')), isSidecar: values.get('restartPolicy') === 'Always' };
}

function readHolding(resources: unknown): Holding {
  const values = fields(resources);
  return { requests: readAmounts(values.get('requests')), limits: readAmounts(values.get('limits')) };
}

function fields(value: unknown): ReadonlyMap<string, unknown> {
  return typeof value === 'object' && value !== null ? new Map(Object.entries(value)) : new Map();
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
