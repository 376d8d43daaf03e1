import { request as send } from 'node:http';
import type { TestContext } from 'node:test';
import type { HookCall } from '../standin/admission/dispatch.ts';
import { type ApiOptions, createApi, type KubeApi } from '../standin/api/api.ts';
import { serveApi } from '../standin/api/http.ts';
import type { ObjectMeta, PodObject, PodSpec } from '../standin/api/objects.ts';
import { NAMESPACES, NODES, PODS, PRIORITY_CLASSES } from '../standin/api/resources.ts';
import { StatusError } from '../standin/api/status.ts';
import { seeded } from '../standin/seeded.ts';
import { FakeClock } from '../support/fake-clock.ts';

export interface Bench {
  readonly api: KubeApi;
  readonly clock: FakeClock;
  readonly calls: HookCall[];
}

/** An API with a clock that stands still and the namespace `shop`, which is opted in. */
export async function bench(options: Partial<ApiOptions> = {}): Promise<Bench> {
  const clock = new FakeClock();
  const calls: HookCall[] = [];
  const api = createApi({ clock, random: seeded(1), onHookCall: (call) => calls.push(call), ...options });
  await addNamespace(api, 'shop', { 'temper.codes/overcommit': 'enabled' });
  return { api, clock, calls };
}

export async function addNamespace(api: KubeApi, name: string, labels: Record<string, string> = {}): Promise<void> {
  await api.create(NAMESPACES, { body: { metadata: { name, labels } } });
}

export async function addNode(api: KubeApi, name: string, allocatable: Record<string, string> = {}): Promise<void> {
  const capacity = { cpu: '8', memory: '32Gi', pods: '110', ...allocatable };
  await api.create(NODES, { body: { metadata: { name }, status: { capacity } } });
}

export async function addPriorityClass(api: KubeApi, name: string, value: number, more: object = {}): Promise<void> {
  await api.create(PRIORITY_CLASSES, { body: { metadata: { name }, value, ...more } });
}

/** A pod of one container with these resources. */
export function podBody(
  metadata: ObjectMeta,
  resources: object = { requests: { cpu: '500m' } },
  spec: Partial<PodSpec> = {},
): { metadata: ObjectMeta; spec: PodSpec } {
  return { metadata, spec: { containers: [{ name: 'app', image: 'registry.example/app:1', resources }], ...spec } };
}

export async function addPod(api: KubeApi, body: unknown, namespace = 'shop'): Promise<PodObject> {
  return (await api.create(PODS, { namespace, body })).object as PodObject;
}

/** The Status with which the action is refused. */
export async function refusal(action: () => unknown): Promise<StatusError['status']> {
  try {
    await action();
  } catch (error) {
    if (error instanceof StatusError) return error.status;
    throw error;
  }
  throw new Error('not refused');
}

export interface Reply {
  readonly status: number;
  readonly headers: Record<string, string | string[] | undefined>;
  readonly text: string;
  readonly json: unknown;
}

export interface Call {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: unknown;
}

/** Serves the API for one test and calls it by path. */
export async function served(
  t: TestContext,
  api: KubeApi,
  token?: string,
): Promise<(path: string, call?: Call) => Promise<Reply>> {
  const server = await serveApi(api, token);
  t.after(() => server.close());
  return (path, { method = 'GET', headers = {}, body } = {}) =>
    new Promise((resolve, reject) => {
      const request = send(server.url + path, { method, headers }, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (chunk: string) => {
          text += chunk;
        });
        response.on('error', reject);
        response.on('end', () => {
          const json = text.endsWith('}') ? (JSON.parse(text) as unknown) : undefined;
          resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json });
        });
      });
      request.on('error', reject);
      request.end(body === undefined || typeof body === 'string' ? body : JSON.stringify(body));
    });
}

/**
 * The paths of a JSON document, each with the type of its value; items of an array count once.
 * Two documents of the same shape give the same set.
 */
export function shapeOf(value: unknown, path = ''): string[] {
  if (Array.isArray(value)) return [...new Set(value.flatMap((item) => shapeOf(item, `${path}[]`)))];
  if (typeof value !== 'object' || value === null) return [`${path}: ${value === null ? 'null' : typeof value}`];
  return Object.entries(value).flatMap(([key, part]) => shapeOf(part, `${path}.${key}`));
}
