import { perform } from '../support/perform.ts';
import type { Case, Ctx } from './case.ts';
import type { Cluster } from './cluster.ts';

const DEADLINE_MS = 300_000;

/**
 * Runs a case and takes back what it did, whatever came of it.
 *
 * @returns what went wrong, nothing where it passed
 */
export function runCase(one: Case, given: Omit<Ctx, 'after'>): Promise<string[]> {
  return perform(one.deadlineMs ?? DEADLINE_MS, (after) =>
    one.run({ ...given, cluster: tidy(given.cluster, after), after }),
  );
}

/** A namespace goes with its case: what it leaves running would go on with the nodes of the next. */
function tidy(cluster: Cluster, after: Ctx['after']): Cluster {
  return {
    ...cluster,
    async addNamespace(name, metadata) {
      after(() => cluster.removeNamespace?.(name));
      await cluster.addNamespace(name, metadata);
    },
  };
}
