import { Buffer } from 'node:buffer';
import type { Clock } from '../../../src/model/clock.ts';
import type { PodObject } from '../api/objects.ts';
import { createPoster } from '../http-post.ts';
import type { LabelSelector } from './selectors.ts';

/** A mutating webhook as the API server sees it. */
export interface Hook {
  readonly name: string;
  readonly namespaceSelector: LabelSelector;
  readonly objectSelector: LabelSelector;
  /** What a failed call means: the pod as it is, or no pod. */
  readonly failurePolicy: 'Ignore' | 'Fail';
  /** `IfNeeded`: called a second time when something after it changed the pod. */
  readonly reinvocationPolicy: 'Never' | 'IfNeeded';
  call(review: string): Promise<HookReply>;
  close(): void;
}

export type HookReply =
  | { readonly ok: true; readonly body: string; readonly ms: number }
  | { readonly ok: false; readonly detail: string; readonly ms: number };

/** The parts of a MutatingWebhookConfiguration that matter here. */
export interface WebhookConfig {
  readonly name: string;
  /** The full URL of the route, `https:`. */
  readonly url: string;
  /** PEM of the authority that the API server trusts for this webhook. */
  readonly caBundle: string;
  /** The name in the certificate, as of a Service. @default the host of the URL */
  readonly serverName?: string;
  /** @default everything */
  readonly namespaceSelector?: LabelSelector;
  /** @default everything */
  readonly objectSelector?: LabelSelector;
  /** @default 'Fail' as in Kubernetes */
  readonly failurePolicy?: 'Ignore' | 'Fail';
  /** @default 10 as in Kubernetes */
  readonly timeoutSeconds?: number;
  /** @default 'Never' as in Kubernetes */
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
}

/** The API server calls for many requests at once over as many connections as it needs; this only bounds them. */
const MAX_SOCKETS = 64;

/** A webhook that is called over HTTPS as kube-apiserver does. */
export function httpHook(config: WebhookConfig, clock: Clock): Hook {
  const { name, url, caBundle, serverName, timeoutSeconds = 10 } = config;
  const poster = createPoster({
    url,
    ca: caBundle,
    ...(serverName !== undefined && { serverName }),
    headers: { accept: 'application/json, */*', 'user-agent': 'kube-apiserver-admission' },
    maxSockets: MAX_SOCKETS,
    clock,
  });
  const path = `?timeout=${timeoutSeconds}s`;
  return {
    name,
    namespaceSelector: config.namespaceSelector ?? {},
    objectSelector: config.objectSelector ?? {},
    failurePolicy: config.failurePolicy ?? 'Fail',
    reinvocationPolicy: config.reinvocationPolicy ?? 'Never',
    async call(review) {
      const result = await poster.post(path, review, timeoutSeconds * 1000);
      if (!result.ok) return { ok: false, detail: `Post "${url}${path}": ${result.detail}`, ms: result.ms };
      const { status, body, ms } = result;
      if (status >= 200 && status <= 206) return { ok: true, body, ms };
      return { ok: false, detail: `an error on the server (${status}) has prevented the request from succeeding`, ms };
    },
    close: poster.close,
  };
}

/** A mutator in this process, e.g. one that injects a sidecar; with it reinvocation can be exercised. */
export interface Mutator {
  readonly name: string;
  /** JSON patch operations for the pod; empty to leave it alone. */
  mutate(pod: PodObject): readonly unknown[];
  /** @default 'Never' */
  readonly reinvocationPolicy?: 'Never' | 'IfNeeded';
}

export function mutatorHook({ name, mutate, reinvocationPolicy = 'Never' }: Mutator): Hook {
  return {
    name,
    namespaceSelector: {},
    objectSelector: {},
    failurePolicy: 'Fail',
    reinvocationPolicy,
    call(text) {
      const review = JSON.parse(text) as { readonly request: { readonly uid: string; readonly object: PodObject } };
      const { uid, object } = review.request;
      const patch = mutate(object);
      const response = { uid, allowed: true, ...encoded(patch) };
      const body = JSON.stringify({ kind: 'AdmissionReview', apiVersion: 'admission.k8s.io/v1', response });
      return Promise.resolve({ ok: true, body, ms: 0 });
    },
    close: () => {},
  };
}

function encoded(patch: readonly unknown[]): { patchType?: string; patch?: string } {
  if (patch.length === 0) return {};
  return { patchType: 'JSONPatch', patch: Buffer.from(JSON.stringify(patch)).toString('base64') };
}
