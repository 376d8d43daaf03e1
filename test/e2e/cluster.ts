import type { KubeClient } from '../support/kube-client.ts';

/** A cluster as the cases use it: the same by HTTP, whoever answers. */
export interface Cluster {
  /** The stand-in of the demo, or real programs of Kubernetes. */
  readonly where: 'stand-in' | 'real';
  /** As administrator. */
  readonly client: KubeClient;
  /** Text of a kubeconfig of an administrator. */
  readonly kubeconfig: string;
  /** Resolves when pods may be made there. */
  addNamespace(name: string, metadata?: NamespaceMetadata): Promise<void>;
  /** With all that is in it, its pods at once. Only where it is real. */
  removeNamespace?(name: string): Promise<void>;
  /** Resolves when pods may be bound to it. No agent runs there. */
  addNode(node: NodeWanted): Promise<void>;
  /** A scheduler of its own name, beside the cluster's. */
  startScheduler(scheduler: SchedulerWanted): Promise<Stoppable>;
  /** Only where it is real. */
  readonly controlPlane?: ControlPlane;
}

/** The programs behind the API, as the owner of their machine has them. */
export interface ControlPlane {
  /** Base URL of etcd. */
  readonly etcd: string;
  kill(program: 'etcd' | 'kube-apiserver'): Promise<void>;
  /** Ends it if it runs, starts it, and resolves when it is well. */
  restart(program: 'etcd' | 'kube-apiserver'): Promise<void>;
}

export interface NamespaceMetadata {
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
}

export interface NodeWanted {
  readonly name: string;
  readonly cores: number;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  /** The stand-in's scheduler knows none. @default none */
  readonly taints?: ReadonlyArray<{ readonly key: string; readonly effect: string }>;
}

export interface SchedulerWanted {
  /** Pods choose it by `schedulerName`. */
  readonly name: string;
  /** Null for none: as the cluster's own. */
  readonly extender: ExtenderWanted | null;
}

/** As in a scheduler's configuration; always `nodeCacheCapable`. */
export interface ExtenderWanted {
  /** Of the verbs. */
  readonly urlPrefix: string;
  readonly weight: number;
  readonly httpTimeoutMs: number;
  readonly ignorable: boolean;
  /** PEM; needed for `https:`. */
  readonly ca?: string;
  /** In its certificate, where that is another than in the URL. The stand-in's scheduler knows none. */
  readonly serverName?: string;
}

export interface Stoppable {
  stop(): Promise<void>;
}
