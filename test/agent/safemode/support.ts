import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hostPaths } from '../../../agent/host/paths.ts';
import { createSafeMode, type WatchedSafeMode } from '../../../agent/safemode/create-safe-mode.ts';
import type { SafeMode } from '../../../agent/safemode/safe-mode.ts';
import { anonymousAccess } from '../../../src/kube/access.ts';
import { createTransport, type KubeTransport } from '../../../src/kube/transport.ts';
import { createApi, type KubeApi } from '../../standin/api/api.ts';
import { serveApi } from '../../standin/api/http.ts';
import { NAMESPACES, NODES } from '../../standin/api/resources.ts';
import { seeded } from '../../standin/seeded.ts';
import { FakeClock } from '../../support/fake-clock.ts';

export const KEY = 'temper.codes/safe-mode-requested';

/** Safe mode of `node-1` against the stand-in's API server; the clock is the agent's alone. */
export interface Bench extends AsyncDisposable {
  readonly api: KubeApi;
  readonly clock: FakeClock;
  readonly safeMode: WatchedSafeMode;
  readonly file: string;
  /** Every change that subscribers heard of. */
  readonly heard: SafeMode[];
  /** `TMP…` of the list-watches. */
  readonly problems: string[];
  annotate(what: 'node' | 'namespace', annotations: Readonly<Record<string, string | null>>): void;
  /** Cuts all connections and refuses new ones. */
  disconnect(): Promise<void>;
}

export async function createBench(
  objects: { readonly node?: boolean; readonly reachable?: boolean; readonly selectors?: boolean } = {},
): Promise<Bench> {
  const root = mkdtempSync(join(tmpdir(), 'temper-safemode-'));
  const clock = new FakeClock();
  const api = createApi({ clock: new FakeClock(), random: seeded(1) });
  await api.create(NAMESPACES, { body: { metadata: { name: 'temper-system' } } });
  await api.create(NAMESPACES, { body: { metadata: { name: 'other', annotations: { [KEY]: 'true' } } } });
  if (objects.node ?? true) await api.create(NODES, { body: { metadata: { name: 'node-1' } } });
  await api.create(NODES, { body: { metadata: { name: 'node-2', annotations: { [KEY]: 'true' } } } });
  const server = await serveApi(api, undefined);
  let isServing = true;
  const disconnect = async () => {
    if (isServing) await server.close();
    isServing = false;
  };
  if (objects.reachable === false) await disconnect();
  const transport = createTransport(anonymousAccess(new URL(server.url)));
  const deaf: KubeTransport = {
    ...transport,
    get: (path, options) => transport.get(path.replace(/fieldSelector=[^&]*/, ''), options),
  };
  const problems: string[] = [];
  const heard: SafeMode[] = [];
  const paths = hostPaths(root);
  const safeMode = createSafeMode({
    nodeName: 'node-1',
    namespace: 'temper-system',
    paths,
    transport: objects.selectors === false ? deaf : transport,
    clock,
    random: () => 0.5,
    observer: {
      restarted: () => {},
      unreadable: () => {},
      problem: (resource, error) => problems.push(`${resource} ${error.id}`),
      recovered: () => {},
    },
  });
  safeMode.subscribe((change) => heard.push(change));
  return {
    api,
    clock,
    safeMode,
    file: join(paths.run, 'safe-mode'),
    heard,
    problems,
    annotate(what, annotations) {
      const [type, name] = what === 'node' ? [NODES, 'node-1'] : [NAMESPACES, 'temper-system'];
      api.patch(type, { name, patch: { metadata: { annotations } } });
    },
    disconnect,
    async [Symbol.asyncDispose]() {
      await safeMode.stop();
      transport.close();
      await disconnect();
      rmSync(root, { recursive: true, force: true });
    },
  };
}
