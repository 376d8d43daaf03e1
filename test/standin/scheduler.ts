import type { Clock } from '../../src/model/clock.ts';
import type { KubeApi } from './api/api.ts';
import { withCondition } from './api/binding.ts';
import { type KubeObject, keyOf, nameOf, type PodObject, timestamp } from './api/objects.ts';
import { PODS } from './api/resources.ts';
import { StatusError } from './api/status.ts';
import { watchCluster } from './scheduler/cluster-state.ts';
import { type CycleResult, schedule } from './scheduler/cycle.ts';
import { createExtender, type Extender, type ExtenderCall, type ExtenderConfig } from './scheduler/extender.ts';
import { createQueue } from './scheduler/queue.ts';

export interface SchedulerOptions {
  readonly api: KubeApi;
  readonly clock: Clock;
  /** For ties between nodes. */
  readonly random: () => number;
  /** It takes the pods that name it. @default 'default-scheduler' */
  readonly name?: string | undefined;
  readonly onExtenderCall?: ((call: ExtenderCall) => void) | undefined;
  /** Told of each attempt, after it was written to the API. */
  readonly onAttempt?: ((attempt: Attempt) => void) | undefined;
}

export interface Attempt {
  /** `namespace/name` */
  readonly pod: string;
  readonly result: CycleResult;
  readonly ms: number;
}

export interface RunSummary {
  readonly bound: number;
  /** Attempts that found no node. */
  readonly pending: number;
}

/** The scheduling queue and the cycle. It does nothing by itself: whoever owns it calls `run`. */
export interface Scheduler {
  /** Takes one pod after another until none waits. A second call while it runs joins the first. */
  run(): Promise<RunSummary>;
  /** Puts the pods for which there was no node back into the queue, as an event of the cluster would. */
  retry(): void;
  /** Pods that wait in the queue. */
  readonly waiting: number;
  /** Pods for which there was no node, with why. */
  readonly unschedulable: ReadonlyMap<string, string>;
  /** The extenders to ask from now on; the ones before are closed. */
  setExtenders(configs: readonly ExtenderConfig[]): void;
  close(): void;
}

export function createScheduler(options: SchedulerOptions): Scheduler {
  const { api, clock, random, name = 'default-scheduler', onExtenderCall = () => {}, onAttempt = () => {} } = options;
  const state = watchCluster(api.store);
  const queue = createQueue();
  const unschedulable = new Map<string, string>();
  const cursor = { next: 0 };
  let extenders: readonly Extender[] = [];
  let running: Promise<RunSummary> | undefined;

  const isMine = ({ spec, metadata }: PodObject): boolean =>
    !spec.nodeName && spec.schedulerName === name && metadata.deletionTimestamp === undefined;

  function follow(key: string, object: KubeObject | undefined): void {
    const pod = object as PodObject | undefined;
    if (pod === undefined || !isMine(pod)) {
      queue.delete(key);
      unschedulable.delete(key);
    } else if (!unschedulable.has(key)) {
      queue.add(key, pod.spec.priority ?? 0);
    }
  }

  /** Writes what was decided; the state learns of it by the write itself. */
  function write(key: string, pod: PodObject, result: CycleResult): void {
    const { namespace = '', uid } = pod.metadata;
    if (result.node !== null) {
      api.bind(namespace, nameOf(pod), { metadata: { name: nameOf(pod), uid }, target: { name: result.node } });
      return;
    }
    unschedulable.set(key, result.message);
    const { reason, message } = result;
    const condition = {
      type: 'PodScheduled',
      status: 'False',
      lastTransitionTime: timestamp(clock.now()),
      reason,
      message,
    };
    const conditions = withCondition(pod.status?.conditions ?? [], condition);
    api.patch(PODS, { namespace, name: nameOf(pod), patch: { status: { conditions } }, subresource: 'status' });
  }

  async function attempt(key: string): Promise<CycleResult | undefined> {
    const started = clock.monotonic();
    const pod = api.store.get(PODS.plural, key) as PodObject;
    const result = await schedule(pod, state.nodes(), { extenders, random, cursor });
    try {
      write(key, pod, result);
    } catch (error) {
      // The pod went, or went elsewhere, while the extender was asked.
      if (error instanceof StatusError) return undefined;
      throw error;
    }
    onAttempt({ pod: key, result, ms: clock.monotonic() - started });
    return result;
  }

  async function drain(): Promise<RunSummary> {
    const summary = { bound: 0, pending: 0 };
    for (let key = queue.pop(); key !== undefined; key = queue.pop()) {
      const result = await attempt(key);
      if (result?.node === null) summary.pending += 1;
      else if (result !== undefined) summary.bound += 1;
    }
    return summary;
  }

  for (const object of api.store.all(PODS.plural)) follow(keyOf(object), object);
  const stop = api.store.subscribe(({ resource, key, type, object }) => {
    if (resource === PODS.plural) follow(key, type === 'DELETED' ? undefined : object);
  });

  return {
    run() {
      running ??= drain().finally(() => {
        running = undefined;
      });
      return running;
    },
    retry() {
      const keys = [...unschedulable.keys()];
      unschedulable.clear();
      for (const key of keys) follow(key, api.store.get(PODS.plural, key));
    },
    get waiting() {
      return queue.size;
    },
    unschedulable,
    setExtenders(configs) {
      for (const extender of extenders) extender.close();
      extenders = configs.map((config) => createExtender(config, clock, onExtenderCall));
    },
    close() {
      stop();
      state.close();
      for (const extender of extenders) extender.close();
    },
  };
}
