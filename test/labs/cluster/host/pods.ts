import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kubeconfigAccess } from '../../../../src/kube/kubeconfig.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import type { Built } from '../parts/build.ts';
import type { Plane } from '../plane/plane.ts';
import { imageRoots } from '../runner/programs.ts';
import { type Runner, startRunner } from '../runner/runner.ts';

/** From now on pods of our images run, and Services lead to them. */
export async function podsAsProcesses(plane: Plane, programs: Built, say: (text: string) => void): Promise<Runner> {
  const { kubelet, ca } = plane.credentials;
  const transport = createTransport(await kubeconfigAccess([plane.credentials.kubeconfigs.admin], undefined));
  const runner = await startRunner({
    client: plane.client,
    transport,
    credentials: { pair: kubelet, ca: readFileSync(ca, 'utf8') },
    images: imageRoots(programs),
    folder: join(plane.folder, 'pods'),
    say,
  });
  return {
    async stop() {
      await runner.stop();
      transport.close();
    },
  };
}
