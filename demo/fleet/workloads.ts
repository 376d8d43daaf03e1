import type { Draw } from './draw.ts';
import { TEMPLATES, type Template } from './templates.ts';

/** One pod that arrives. */
export interface Arrival {
  readonly namespace: string;
  readonly body: object;
  /** CPU that its containers really use together, millicores. */
  readonly useMilli: number;
}

/** Something a person deployed: its pods arrive one after another. */
export interface Workload {
  readonly arrivals: readonly Arrival[];
  /** A HorizontalPodAutoscaler for it, if it has one. */
  readonly autoscaler: object | null;
}

const IMAGE = 'registry.example/app:1';
const SIDECAR_USE = 0.02;
const MEMORY_MIB_PER_CORE: readonly [number, number] = [1024, 3072];
/** How far above the request limits lie. */
const LIMITS = [
  { weight: 1, times: 1.5 },
  { weight: 3, times: 2 },
  { weight: 1, times: 3 },
  { weight: 1, times: 4 },
] as const;
const OPT_OUT = { 'temper.codes/overcommit': 'disabled' };
/** What a controller writes into the pods that it makes. */
const API_GROUP = { Deployment: 'apps/v1', StatefulSet: 'apps/v1', Job: 'batch/v1' } as const;

/** Workloads until their pods are `pods` together; the last one is cut. */
export function makeWorkloads(pods: number, padding: readonly [number, number], draw: Draw): Workload[] {
  const workloads: Workload[] = [];
  for (let left = pods; left > 0; ) {
    const template = draw.weighted(TEMPLATES);
    const workload = makeWorkload(template, `${template.name}-${workloads.length}`, padding, draw);
    workloads.push({ ...workload, arrivals: workload.arrivals.slice(0, left) });
    left -= workload.arrivals.length;
  }
  return workloads;
}

function makeWorkload(template: Template, name: string, padding: readonly [number, number], draw: Draw): Workload {
  const has = (share = 0): boolean => draw.chance(share);
  const use = draw.between(...template.use);
  const requestMilli = humanMilli(use * draw.between(...padding) * 1000);
  const isGuaranteed = has(template.guaranteed);
  const hasSidecar = !isGuaranteed && has(template.sidecar);
  const spec = {
    ...(template.priorityClassName && { priorityClassName: template.priorityClassName }),
    containers: [{ name: 'app', image: IMAGE, resources: resourcesOf(template, requestMilli, isGuaranteed, draw) }],
    initContainers: [
      ...(!isGuaranteed && has(template.init) ? [migration(requestMilli)] : []),
      ...(hasSidecar ? [PROXY] : []),
    ],
  };
  const owner = ownerOf(template, name, draw);
  const labels = { app: name, ...owner.labels, ...(has(template.optedOut) && OPT_OUT) };
  const count = draw.integer(...template.replicas);
  const arrivals = Array.from({ length: count }, (_, index) => ({
    namespace: template.namespace,
    body: { metadata: { ...owner.nameOf(index), labels, ownerReferences: [owner.reference] }, spec },
    useMilli: Math.round((use + (hasSidecar ? SIDECAR_USE : 0)) * 1000),
  }));
  return { arrivals, autoscaler: has(template.hpa) ? autoscaler(template, name) : null };
}

/** People write round numbers. */
function humanMilli(milli: number): number {
  const step = milli <= 100 ? 10 : milli <= 1000 ? 50 : 250;
  return Math.max(step, Math.round(milli / step) * step);
}

function resourcesOf(template: Template, requestMilli: number, isGuaranteed: boolean, draw: Draw): object {
  if (draw.chance(template.unsized ?? 0)) return {};
  const memory = `${Math.round((requestMilli / 1000) * draw.between(...MEMORY_MIB_PER_CORE)) + 32}Mi`;
  const requests = { cpu: `${requestMilli}m`, memory };
  if (isGuaranteed) return { requests, limits: requests };
  if (!draw.chance(template.limited ?? 0)) return { requests };
  return { requests, limits: { cpu: `${requestMilli * draw.weighted(LIMITS).times}m` } };
}

/** Runs to its end before the containers start, and may ask for more than they do. */
const migration = (requestMilli: number) => ({
  name: 'migrate',
  image: IMAGE,
  resources: { requests: { cpu: `${Math.round(requestMilli * 1.5)}m` } },
});

const PROXY = {
  name: 'proxy',
  image: IMAGE,
  restartPolicy: 'Always',
  resources: { requests: { cpu: '100m' }, limits: { cpu: '200m' } },
};

function ownerOf({ kind }: Template, name: string, draw: Draw) {
  const uid = `owner-${name}`;
  if (kind === 'StatefulSet') {
    const reference = { apiVersion: API_GROUP[kind], kind, name, uid, controller: true };
    return { reference, labels: {}, nameOf: (index: number) => ({ name: `${name}-${index}` }) };
  }
  if (kind === 'Job') {
    const reference = { apiVersion: API_GROUP[kind], kind, name, uid, controller: true };
    return { reference, labels: { 'job-name': name }, nameOf: () => ({ generateName: `${name}-` }) };
  }
  const hash = draw.integer(0x10000000, 0xfffffff0).toString(36);
  const reference = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: `${name}-${hash}`, uid, controller: true };
  return { reference, labels: { 'pod-template-hash': hash }, nameOf: () => ({ generateName: `${name}-${hash}-` }) };
}

function autoscaler({ namespace, kind }: Template, name: string): object {
  return {
    metadata: { name, namespace },
    spec: {
      scaleTargetRef: { apiVersion: API_GROUP[kind], kind, name },
      minReplicas: 1,
      maxReplicas: 10,
      metrics: [
        { type: 'Resource', resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } } },
      ],
    },
  };
}
