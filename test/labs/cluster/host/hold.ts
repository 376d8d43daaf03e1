import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { addressOf, PORTS, SERVICE_RANGE } from '../plane/address.ts';
import { apiUrl } from '../plane/commands.ts';
import { type Plane, startPlane } from '../plane/plane.ts';
import { isInOwnNetwork, runInOwnNetwork, setUpOwnNetwork, whyNoOwnNetwork } from './network.ts';
import type { Parts } from './parts.ts';
import { podsAsProcesses } from './pods.ts';
import { type UpState, writeUpState } from './up-state.ts';
import { openInside, openOutside } from './way-in.ts';

/** The socket, in the folder of `up`. */
const WAY_IN = 'way-in.sock';

type Say = (text: string) => void;

/**
 * What the process of `up` does: holds the control plane until it is told to end, in a network of its own where this
 * machine lets it. Then one process stays outside and leads in.
 *
 * @param reachedAt inside, the address of the one outside
 * @returns its exit code
 */
export async function hold(folder: string, parts: Parts, reachedAt: string | undefined, say: Say): Promise<number> {
  const why = whyNoOwnNetwork();
  if (why === null && !isInOwnNetwork()) {
    const address = addressOf(process.pid);
    const outside = await openOutside(address, PORTS.apiserver, join(folder, WAY_IN));
    return await runInOwnNetwork([...process.argv.slice(1), address]).finally(() => outside.close());
  }
  if (why === null) setUpOwnNetwork(SERVICE_RANGE);
  else say(`on this machine's loopback, without Services and pods of ours: ${why}`);
  await holdHere(folder, parts, reachedAt, say);
  return 0;
}

async function holdHere(folder: string, parts: Parts, reachedAt: string | undefined, say: Say): Promise<void> {
  const told = new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => resolve());
  });
  const others = reachedAt === undefined ? [] : [reachedAt];
  const { programs, stages } = parts;
  const starting = startPlane({ folder, programs, stages, reachedAt: others, say });
  const plane = await Promise.race([starting, told.then(() => process.exit(130))]);
  const runner = plane.hasServices ? await podsAsProcesses(plane, programs, say) : null;
  const components = Object.fromEntries(Object.entries(plane.components).map(([name, { pid }]) => [name, pid]));
  writeUpState(folder, { ...(await wayIn(folder, plane, reachedAt)), components });
  await told;
  await runner?.stop();
  await plane.stop();
}

/** How people reach it. */
async function wayIn(
  folder: string,
  { address, url, credentials }: Plane,
  reachedAt: string | undefined,
): Promise<Pick<UpState, 'url' | 'kubeconfig'>> {
  const { admin } = credentials.kubeconfigs;
  if (reachedAt === undefined) return { url, kubeconfig: admin };
  await openInside(join(folder, WAY_IN), address, PORTS.apiserver);
  const outside = apiUrl(reachedAt);
  const kubeconfig = join(folder, 'kubeconfig');
  writeFileSync(kubeconfig, readFileSync(admin, 'utf8').replaceAll(url, outside), { mode: 0o600 });
  return { url: outside, kubeconfig };
}
