import { mkdirSync, writeFileSync } from 'node:fs';
import { built, runFile } from '../../../../charts/helm.ts';
import type { Ctx } from '../../../../e2e/case.ts';

/** Runs kubectl as an administrator. @throws with what it said, where it fails */
export async function kubectl(ctx: Ctx, ...args: readonly string[]): Promise<string> {
  const kubeconfig = ctx.artifact('admin.kubeconfig');
  const cache = ctx.artifact('kubectl-cache');
  mkdirSync(cache, { recursive: true });
  writeFileSync(kubeconfig, ctx.cluster.kubeconfig, { mode: 0o600 });
  const { ok, stdout, stderr } = await runFile(built('kubectl') ?? 'kubectl', [
    `--kubeconfig=${kubeconfig}`,
    `--cache-dir=${cache}`,
    ...args,
  ]);
  if (!ok) throw new Error(`kubectl ${args.join(' ')}: ${stderr}`);
  return stdout;
}
