import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import type { GateReport, Verdict } from '../../../agent/gate/gate.ts';
import type { AgentBinaries } from '../../../agent/gate/read-process.ts';
import { runGate } from '../../../agent/gate/run-gate.ts';
import { type HostTree, type HostTreeOptions, hostTree } from '../../support/host-tree.ts';

/** One host: what is wrong with it, and what the check then says. Paths in reasons are shown without the tree's root. */
export interface Case {
  readonly host: string;
  readonly sick?: (tree: HostTree) => void;
  readonly machine?: HostTreeOptions;
  readonly agent?: Partial<AgentBinaries>;
  readonly verdict: Verdict;
  readonly reason: string;
  /** The remedy, where it is not the one of the errors table. */
  readonly remedy?: string;
  /** Other checks that do not pass on this host, as `check: verdict`. All others must. */
  readonly also?: readonly string[];
}

/** A test for each host, on real files below a temporary root. */
export function gateCases(check: string, cases: readonly Case[]): void {
  for (const { host, sick, machine, agent, verdict, reason, remedy, also = [] } of cases) {
    test(`${check}: ${host}`, async (t) => {
      const tree = hostTree({ cpus: 2, ...machine });
      t.after(() => tree.dispose());
      sick?.(tree);
      const report = await runGate(tree.paths, { agent: { ...binariesOf(tree), ...agent } });
      const found = report.checks.find((one) => one.check === check);
      assert.deepEqual(
        { verdict: found?.verdict, reason: found?.reason.replaceAll(tree.root, '') },
        { verdict, reason },
      );
      if (remedy !== undefined) assert.equal(found?.remedy, remedy);
      assert.deepEqual(notPassing(report, check), also.toSorted());
    });
  }
}

export function binariesOf(tree: HostTree): AgentBinaries {
  return { ...tree.binaries, searchPath: join(tree.root, 'usr/bin') };
}

function notPassing(report: GateReport, except: string): string[] {
  return report.checks
    .filter((one) => one.check !== except && one.verdict !== 'pass')
    .map((one) => `${one.check}: ${one.verdict}`)
    .toSorted();
}

/** A file that is there and cannot be read, also for root. */
export function unreadable(path: string): (tree: HostTree) => void {
  return (tree) => {
    tree.remove(path);
    mkdirSync(join(tree.root, path), { recursive: true });
  };
}

export function written(path: string, content: string | Buffer): (tree: HostTree) => void {
  return (tree) => tree.write(path, content);
}

export function removed(...paths: readonly string[]): (tree: HostTree) => void {
  return (tree) => {
    for (const path of paths) tree.remove(path);
  };
}
