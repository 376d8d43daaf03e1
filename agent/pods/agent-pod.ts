import type { QosClass } from '../../src/model/qos.ts';
import type { TierOrSystem } from '../../src/model/tier.ts';

/** A pod of this node, as far as layers depend on it. */
export interface AgentPod {
  readonly uid: string;
  /** What its cgroup is named by: the uid, or the config hash of a static pod. */
  readonly cgroupUid: string;
  readonly namespace: string;
  readonly name: string;
  readonly tier: TierOrSystem;
  /** Why that tier, for people; an override says so. */
  readonly tierReason: string;
  readonly qos: QosClass;
  /** Effective CPU request before scaling as far as it is believed, millicores. */
  readonly requestMilli: number;
  /** Effective CPU request of the spec, millicores. */
  readonly specMilli: number;
  /** Why the record of original requests does not count; null where it counts or there is none. */
  readonly disbelieved: string | null;
  /** Its CPU limit, millicores: null where a container has none. */
  readonly limitMilli: number | null;
  /** Ids of its containers that run, without the runtime's prefix. */
  readonly containerIds: readonly string[];
}

/** The pods of this node. It stays readable when the API server is away. */
export interface NodePods {
  readonly pods: ReadonlyMap<string, AgentPod>;
  /** Whether one whole list has been read since the start. */
  readonly synced: boolean;
  /** When the API server last sent anything, milliseconds since the epoch. */
  readonly lastContactAt: number | undefined;
}
