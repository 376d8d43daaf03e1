import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigAccess } from '../../src/kube/kubeconfig.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { Cluster } from '../../test/e2e/cluster.ts';
import { runFolder } from '../../test/labs/cluster/host/folders.ts';
import { getParts } from '../../test/labs/cluster/host/parts.ts';
import { realCluster } from '../../test/labs/cluster/host/real.ts';
import { startPlane } from '../../test/labs/cluster/plane/plane.ts';
import { watched } from '../../test/labs/cluster/runner/watched.ts';
import { type Objects, objectsOf, type SeenPod, seeNode, seePod } from './objects.ts';
import { buildPeer } from './peer.ts';

/** The control plane that everything here is measured on, and what is needed beside it. */
export interface Lab {
  readonly cluster: Cluster;
  readonly pods: Objects<SeenPod>;
  /** Names of those that take pods. */
  readonly nodes: Objects<{ readonly name: string }>;
  /** The Go program of `peer/`. */
  readonly peer: string;
  readonly say: (text: string) => void;
  /** @throws Error where a program of the control plane has ended */
  check(): void;
}

export async function withLab<T>(say: (text: string) => void, use: (lab: Lab) => Promise<T>): Promise<T> {
  const parts = await getParts(say);
  const peer = await buildPeer(parts.cache, say);
  const folder = runFolder(parts.cache);
  const plane = await startPlane({ folder, programs: parts.programs, stages: parts.stages, say });
  const transport = createTransport(await kubeconfigAccess([plane.credentials.kubeconfigs.admin], undefined));
  const pods = watched(transport, '/api/v1/pods', seePod);
  const nodes = watched(transport, '/api/v1/nodes', seeNode);
  const stop = async (): Promise<void> => {
    await Promise.all([pods.stop(), nodes.stop()]);
    transport.close();
    await plane.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.once(signal, () => void stop().finally(() => process.exit(130)));
  }
  pods.start();
  nodes.start();
  try {
    const result = await use({
      cluster: realCluster(plane, parts.programs),
      pods: objectsOf(pods.store),
      nodes: objectsOf(nodes.store),
      peer,
      say,
      check() {
        const lost = plane.lost();
        if (lost.length > 0) throw new Error(lost.join('\n'));
      },
    });
    rmSync(folder, { recursive: true, force: true });
    return result;
  } catch (error) {
    say(`kept: ${join(folder, 'logs')}`);
    throw error;
  } finally {
    await stop();
  }
}
