import assert from 'node:assert/strict';
import type { Ctx } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import { type ApiObject, type KubeClient, Refused } from '../../../../support/kube-client.ts';

/** A kind as the API server announces it. */
export interface Kind {
  /** Of its group and version. */
  readonly path: string;
  /** In paths, e.g. `pods`. */
  readonly name: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly verbs: readonly string[];
}

interface Group {
  readonly preferredVersion: { readonly groupVersion: string };
}

/** They tell what happened, and are forgotten after an hour. */
const TOLD = 'Event';

/** By apiVersion and kind. */
export async function kindsOf(client: KubeClient): Promise<Map<string, Kind>> {
  const { groups } = await client.get<{ groups: Group[] }>('/apis');
  const versions = ['v1', ...groups.map(({ preferredVersion }) => preferredVersion.groupVersion)];
  const found = await Promise.all(
    versions.map(async (version) => {
      const path = version === 'v1' ? '/api/v1' : `/apis/${version}`;
      const { resources } = await client.get<{ resources: Array<Omit<Kind, 'path'>> }>(path);
      const whole = resources.filter(({ name }) => !name.includes('/'));
      return whole.map((one): [string, Kind] => [`${version} ${one.kind}`, { ...one, path }]);
    }),
  );
  return new Map(found.flat());
}

/** Every object of the cluster, of whatever kind it knows: `Kind namespace/name`, and a Node's annotations of temper's. */
export async function everything(client: KubeClient): Promise<Set<string>> {
  const kinds = [...(await kindsOf(client)).values()];
  const listed = kinds.filter(({ kind, verbs }) => verbs.includes('list') && kind !== TOLD);
  const found = await Promise.all(
    listed.map(async ({ path, name, kind }) =>
      (await all(client, `${path}/${name}`)).flatMap((one) => namesOf(kind, one)),
    ),
  );
  return new Set(found.flat());
}

async function all(client: KubeClient, path: string): Promise<ApiObject[]> {
  try {
    return await client.list(path);
  } catch (error) {
    // Some kinds are announced and not served.
    if (error instanceof Refused && (error.status === 404 || error.status === 405)) return [];
    throw error;
  }
}

function namesOf(kind: string, { metadata: { namespace, name, annotations = {} } }: ApiObject): string[] {
  const object = `${kind} ${namespace === undefined ? '' : `${namespace}/`}${name}`;
  const ours = Object.keys(annotations).filter((key) => key.startsWith('temper.codes/'));
  return [object, ...ours.map((key) => `${object}: ${key}`)];
}

/** Of ours: a namespace of an owner's workloads may have others, and nodes their own sign of life. */
export async function nothingIsLeft(
  { cluster: { client } }: Ctx,
  before: ReadonlySet<string>,
  workloads: string,
): Promise<void> {
  const others = [` ${workloads}/`, ' kube-node-lease/'];
  const ours = (one: string): boolean => !before.has(one) && !others.some((other) => one.includes(other));
  let left: string[] = [];
  await until('nothing of ours is left', async () => {
    left = [...(await everything(client))].filter(ours);
    return left.length === 0;
  }).catch((error: Error) => {
    throw new Error(`${error.message}:\n${left.join('\n')}`);
  });
  const after = await everything(client);
  assert.deepEqual(
    [...before].filter((one) => !after.has(one)),
    [],
    'what was there before is still there',
  );
}
