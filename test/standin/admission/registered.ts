import { Buffer } from 'node:buffer';
import type { Clock } from '../../../src/model/clock.ts';
import { type KubeObject, nameOf } from '../api/objects.ts';
import { MUTATING_WEBHOOKS } from '../api/resources.ts';
import type { ObjectStore } from '../api/store.ts';
import { type Hook, httpHook, type WebhookConfig } from './hooks.ts';

/** Webhooks as a MutatingWebhookConfiguration registers them. */

type Registered = Required<Omit<WebhookConfig, 'url' | 'caBundle' | 'serverName'>> & {
  readonly clientConfig: { readonly url: string; readonly caBundle: string };
  readonly rules: readonly Rule[];
};

interface Rule {
  readonly apiGroups: readonly string[];
  readonly apiVersions: readonly string[];
  readonly operations: readonly string[];
  readonly resources: readonly string[];
}

/** What the API server fills in, as it is read back. */
const DEFAULTS = {
  failurePolicy: 'Fail',
  matchPolicy: 'Equivalent',
  namespaceSelector: {},
  objectSelector: {},
  reinvocationPolicy: 'Never',
  timeoutSeconds: 10,
} as const;

export function withWebhookDefaults({ webhooks = [] }: KubeObject): object[] {
  return (webhooks as Registered[]).map((webhook) => ({
    ...DEFAULTS,
    ...webhook,
    rules: webhook.rules.map((rule) => ({ scope: '*', ...rule })),
  }));
}

export interface RegisteredHooks {
  hooks(): readonly Hook[];
  stop(): void;
}

/** Follows the configurations in the store. Webhooks are called in the order of their configurations' names. */
export function registeredHooks(
  store: ObjectStore,
  clock: Clock,
  changed: (hooks: readonly Hook[]) => void,
): RegisteredHooks {
  let hooks: readonly Hook[] = [];
  const stop = store.subscribe(({ resource }) => {
    if (resource !== MUTATING_WEBHOOKS.plural) return;
    const configurations = [...store.all(resource)].sort((a, b) => (nameOf(a) < nameOf(b) ? -1 : 1));
    hooks = configurations.flatMap((one) => (one['webhooks'] as Registered[]).filter(seesNewPods).map(hookOf(clock)));
    changed(hooks);
  });
  return { hooks: () => hooks, stop };
}

const hookOf =
  (clock: Clock) =>
  ({ clientConfig, ...webhook }: Registered): Hook => {
    const caBundle = Buffer.from(clientConfig.caBundle, 'base64').toString('utf8');
    return httpHook({ ...webhook, url: clientConfig.url, caBundle }, clock);
  };

/** Nothing else is sent to webhooks here. */
function seesNewPods({ rules }: Registered): boolean {
  const has = (list: readonly string[], ...wanted: readonly string[]): boolean =>
    wanted.some((one) => list.includes(one));
  return rules.some(
    ({ apiGroups, apiVersions, operations, resources }) =>
      has(apiGroups, '', '*') &&
      has(apiVersions, 'v1', '*') &&
      has(operations, 'CREATE', '*') &&
      has(resources, 'pods', '*', '*/*'),
  );
}
