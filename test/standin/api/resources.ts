import type { Named } from './status.ts';

/** A resource of the API: what the paths, the kinds and the list documents are made of. */
export interface ResourceType extends Named {
  readonly version: string;
  readonly namespaced: boolean;
  /** What a bookmark of a full watch holds beside its metadata: the zero value of the kind in Go. */
  readonly hollow: Readonly<Record<string, unknown>>;
}

const CORE = { group: '', version: 'v1' } as const;

export const NODES: ResourceType = {
  ...CORE,
  plural: 'nodes',
  kind: 'Node',
  namespaced: false,
  hollow: { spec: {}, status: { daemonEndpoints: { kubeletEndpoint: { Port: 0 } }, nodeInfo: {} } },
};
export const PODS: ResourceType = {
  ...CORE,
  plural: 'pods',
  kind: 'Pod',
  namespaced: true,
  hollow: { spec: { containers: null }, status: {} },
};
export const NAMESPACES: ResourceType = {
  ...CORE,
  plural: 'namespaces',
  kind: 'Namespace',
  namespaced: false,
  hollow: { spec: {}, status: {} },
};
export const LIMIT_RANGES: ResourceType = {
  ...CORE,
  plural: 'limitranges',
  kind: 'LimitRange',
  namespaced: true,
  hollow: { spec: { limits: null } },
};
export const RESOURCE_QUOTAS: ResourceType = {
  ...CORE,
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
  hollow: { spec: {}, status: {} },
};
export const AUTOSCALERS: ResourceType = {
  group: 'autoscaling',
  version: 'v2',
  plural: 'horizontalpodautoscalers',
  kind: 'HorizontalPodAutoscaler',
  namespaced: true,
  hollow: {
    spec: { scaleTargetRef: { kind: '', name: '' }, maxReplicas: 0 },
    status: { desiredReplicas: 0, currentMetrics: null },
  },
};
export const PRIORITY_CLASSES: ResourceType = {
  group: 'scheduling.k8s.io',
  version: 'v1',
  plural: 'priorityclasses',
  kind: 'PriorityClass',
  namespaced: false,
  hollow: { value: 0 },
};
/** Only by events.k8s.io/v1, which the agent writes; a real server shows the same Events by core/v1 too. */
export const EVENTS: ResourceType = {
  group: 'events.k8s.io',
  version: 'v1',
  plural: 'events',
  kind: 'Event',
  namespaced: true,
  hollow: { eventTime: null, regarding: {} },
};
export const MUTATING_WEBHOOKS: ResourceType = {
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: 'mutatingwebhookconfigurations',
  kind: 'MutatingWebhookConfiguration',
  namespaced: false,
  hollow: {},
};

/** Every resource that the stand-in has. */
export const RESOURCES: readonly ResourceType[] = [
  NODES,
  PODS,
  NAMESPACES,
  LIMIT_RANGES,
  RESOURCE_QUOTAS,
  AUTOSCALERS,
  PRIORITY_CLASSES,
  EVENTS,
  MUTATING_WEBHOOKS,
];

export function findResource(group: string, version: string, plural: string): ResourceType | undefined {
  return RESOURCES.find((type) => type.group === group && type.version === version && type.plural === plural);
}

export function apiVersionOf({ group, version }: ResourceType): string {
  return group === '' ? version : `${group}/${version}`;
}
