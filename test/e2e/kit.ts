import { writeFileSync } from 'node:fs';
import { ORIGINAL_REQUESTS, OVERCOMMIT } from '../../src/model/keys.ts';
import { until } from '../support/embedded.ts';
import { type ApiObject, Refused } from '../support/kube-client.ts';
import { type ServiceProcess, type ServiceProcessOptions, startServiceProcess } from '../support/service-process.ts';
import type { Ctx } from './case.ts';

/** What the cases of the request path are made of. */

export interface Container {
  readonly name: string;
  readonly image?: string;
  readonly resources?: {
    readonly requests?: Readonly<Record<string, string>>;
    readonly limits?: Readonly<Record<string, string>>;
  };
}

export interface Pod extends ApiObject {
  readonly spec: {
    readonly containers: readonly Container[];
    readonly nodeName?: string;
    readonly priority?: number;
    readonly [field: string]: unknown;
  };
}

export const pods = (namespace: string, name = ''): string =>
  `/api/v1/namespaces/${namespace}/pods${name === '' ? '' : `/${name}`}`;
export const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
export const OPTED_IN = { labels: { [OVERCOMMIT]: 'enabled' } };

export interface PodWanted {
  readonly name?: string;
  readonly cpu?: string | null;
  readonly limit?: string;
  readonly metadata?: object;
  readonly spec?: object;
}

/** A pod of one container, one CPU unless another request or none is given. */
export function podBody({ name = 'web', cpu = '1', limit, metadata, spec }: PodWanted = {}): object {
  const requests = cpu === null ? {} : { cpu };
  const resources = { requests, ...(limit !== undefined && { limits: { cpu: limit } }) };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, ...metadata },
    spec: { containers: [{ name: 'app', image: 'registry.example/app:1', resources }], ...spec },
  };
}

export async function createPod(ctx: Ctx, namespace: string, wanted?: PodWanted): Promise<Pod> {
  return await ctx.cluster.client.create<Pod>(pods(namespace), podBody(wanted));
}

/** What would become of a pod; nothing is kept. */
export async function dryRun(ctx: Ctx, namespace: string, wanted?: PodWanted): Promise<Pod> {
  return await ctx.cluster.client.create<Pod>(pods(namespace), podBody(wanted), { dryRun: 'All' });
}

export const cpuOf = ({ spec }: Pod): string | undefined => spec.containers[0]?.resources?.requests?.['cpu'];

/** The record of the originals; null where there is none. */
export function originalsOf({ metadata }: Pod): unknown {
  const text = metadata.annotations?.[ORIGINAL_REQUESTS];
  return text === undefined ? null : JSON.parse(text);
}

/** A service of the case's own, an administrator in the cluster; it ends with the case. */
export async function startService(
  ctx: Ctx,
  settings: ServiceProcessOptions['settings'] = {},
): Promise<ServiceProcess> {
  const service = startServiceProcess({ kubeconfig: ctx.cluster.kubeconfig, settings });
  ctx.after(async () => {
    writeFileSync(ctx.artifact('service.log'), service.log.join('\n'));
    await service.stop();
  });
  await service.ready();
  return service;
}

export interface Registration {
  /** Order of the calls follows from it. @default 'temper-overcommit' */
  readonly name?: string;
  readonly url: string;
  /** PEM. */
  readonly ca: string;
  /** Fields of the webhook that differ from those of the chart. */
  readonly webhook?: object;
}

/** As the chart registers it, but for the address; gone at the end of the case. @returns the webhook as it is registered */
export async function register(
  ctx: Pick<Ctx, 'cluster' | 'after'>,
  { name = 'temper-overcommit', url, ca, webhook }: Registration,
): Promise<object> {
  const { client } = ctx.cluster;
  // A case may have deleted it itself.
  ctx.after(() => client.delete(`${WEBHOOKS}/${name}`).catch(unlessGone));
  const { webhooks } = await client.create<{ webhooks: readonly object[] }>(WEBHOOKS, {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name },
    webhooks: [
      {
        name: 'overcommit.temper.codes',
        clientConfig: { url, caBundle: Buffer.from(ca).toString('base64') },
        rules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'], scope: 'Namespaced' },
        ],
        namespaceSelector: { matchLabels: { [OVERCOMMIT]: 'enabled' } },
        failurePolicy: 'Ignore',
        // A service that a busy machine makes late would be passed over in silence, which is not what is looked for.
        timeoutSeconds: 30,
        reinvocationPolicy: 'IfNeeded',
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        ...webhook,
      },
    ],
  });
  return webhooks[0] ?? {};
}

function unlessGone(error: unknown): void {
  if (!(error instanceof Refused) || error.status !== 404) throw error;
}

export const mutateUrl = ({ ports }: ServiceProcess): string => `https://127.0.0.1:${ports.get('https')}/mutate`;

/**
 * The service, registered, and a namespace that has opted in: resolves when the API server asks it and it knows the
 * namespace.
 *
 * @param given instead of the one that all cases share
 */
export async function overcommitted(ctx: Ctx, namespace: string, given?: ServiceProcess): Promise<ServiceProcess> {
  const service = given ?? (await ctx.service());
  await ctx.cluster.addNamespace(namespace, OPTED_IN);
  await register(ctx, { url: mutateUrl(service), ca: service.ca.cert });
  await untilScaled(ctx, namespace);
  return service;
}

export async function untilScaled(ctx: Ctx, namespace: string): Promise<void> {
  await until(`pods of ${namespace} are scaled`, async () => cpuOf(await dryRun(ctx, namespace)) === '700m');
}

/** Resolves with the pod once it is bound. */
export async function untilBound(ctx: Ctx, namespace: string, name: string): Promise<Pod> {
  let pod = await ctx.cluster.client.get<Pod>(pods(namespace, name));
  await until(`${namespace}/${name} is bound`, async () => {
    pod = await ctx.cluster.client.get<Pod>(pods(namespace, name));
    return pod.spec.nodeName !== undefined;
  });
  return pod;
}

/** @returns the refusal */
export async function refused(attempt: Promise<unknown>): Promise<Refused> {
  try {
    await attempt;
  } catch (error) {
    if (error instanceof Refused) return error;
    throw error;
  }
  throw new Error('the API server should have refused this');
}

/** Path of a file with the administrator's kubeconfig. */
export function kubeconfigFile(ctx: Ctx): string {
  const path = ctx.artifact('kubeconfig');
  writeFileSync(path, ctx.cluster.kubeconfig, { mode: 0o600 });
  return path;
}

/** Resolves when the namespaces of cases before are gone: until then nobody may make them anew. */
export async function untilTidy({ cluster }: Ctx): Promise<void> {
  await until('no namespace is about to go', async () => {
    const all = await cluster.client.list('/api/v1/namespaces');
    return all.every(({ metadata }) => metadata.deletionTimestamp === undefined);
  });
}

/** Makes a node that is gone at the end of the case. */
export async function addNode(ctx: Ctx, node: Parameters<Ctx['cluster']['addNode']>[0]): Promise<void> {
  ctx.after(() => ctx.cluster.client.delete(`/api/v1/nodes/${node.name}`));
  await ctx.cluster.addNode(node);
}
