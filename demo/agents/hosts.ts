import { gateOf } from '../../agent/gate/run-gate.ts';
import type { NodeOptions } from '../../test/standin/cluster.ts';
import { type HostTree, hostTree } from '../../test/support/host-tree.ts';

/** A host of files for each node that is to have a real agent; none, with the reason, where this machine cannot run one. */
export interface Hosts {
  readonly trees: ReadonlyMap<string, HostTree>;
  readonly refusal: string | null;
}

/**
 * Makes the hosts in temporary directories, and asks the agent's own gate about each: there only
 * what comes from this machine can fail, such as its setpriv.
 */
export async function prepareHosts(
  nodes: readonly NodeOptions[],
  closing: (close: () => Promise<void>) => void,
): Promise<Hosts> {
  if (nodes.length > 0 && process.platform !== 'linux') {
    return { trees: new Map(), refusal: `the agent runs on Linux, this is ${process.platform}` };
  }
  const trees = new Map(nodes.map(({ name, cores, threads = 1 }) => [name, hostTree({ cpus: cores, threads })]));
  const dispose = (): void => {
    for (const tree of trees.values()) tree.dispose();
  };
  closing(async () => dispose());
  for (const tree of trees.values()) {
    const refusal = await refusalOf(tree);
    if (refusal === null) continue;
    dispose();
    return { trees: new Map(), refusal };
  }
  return { trees, refusal: null };
}

async function refusalOf({ paths, binaries }: HostTree): Promise<string | null> {
  const searchPath = process.env['PATH'] ?? '';
  const agent = { scheduler: binaries.scheduler, setpriv: 'setpriv', searchPath };
  return (await gateOf(paths, { agent })()).refusal;
}
