import { writeFileSync } from 'node:fs';
import { CHART, helm, type Ran } from '../../../../charts/helm.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { addNode, kubeconfigFile, untilTidy } from '../../../../e2e/kit.ts';

/** The chart on the cluster, by real helm, as its README says. */

export const NAMESPACE = 'temper';
export const RELEASE = 'temper';

/** What only the lab needs: no time that a person would give an upgrade. */
const BRISK = ['--set', 'service.drainMs=500', '--set', 'agent.update.minReadySeconds=0'];
/** Only what hangs takes so long. */
const DEADLINE = '4m';

/** Helm, for one release in a namespace of its own. */
export interface Helm {
  /** @returns what it printed @throws Error with helm's last words where it fails */
  run(...args: string[]): Promise<string>;
  /** The same, where failing is what is looked for. */
  attempt(...args: string[]): Promise<Ran>;
}

export interface Release extends Helm {
  /** @throws Error with helm's last words where it fails */
  install(values: readonly string[]): Promise<void>;
  upgrade(values: readonly string[], deadline?: string): Promise<void>;
}

/** Makes the namespace. The release is uninstalled at the end of the case if it has not been. */
export async function helmFor(ctx: Ctx, name: string, namespace: string): Promise<Helm> {
  const kubeconfig = kubeconfigFile(ctx);
  const attempt = async (verb = '', ...args: string[]): Promise<Ran> => {
    const began = performance.now();
    const ran = await helm([verb, ...args, '--namespace', namespace, '--kubeconfig', kubeconfig]);
    ctx.log(`helm ${verb}: ${ran.ok ? 'ok' : 'failed'} after ${((performance.now() - began) / 1000).toFixed(1)} s`);
    if (!ran.ok) ctx.log(ran.stderr.trim());
    return ran;
  };
  const run = async (...args: string[]): Promise<string> => {
    const { ok, stdout, stderr } = await attempt(...args);
    if (!ok) throw new Error(`helm ${args.join(' ')}\n${stdout}${stderr}`);
    return stdout;
  };
  await untilTidy(ctx);
  await ctx.cluster.addNamespace(namespace);
  ctx.after(() => attempt('uninstall', name, '--no-hooks', '--ignore-not-found', '--wait'));
  ctx.after(() => keepState(ctx, namespace));
  return { run, attempt };
}

/** Of our chart. */
export async function release(ctx: Ctx): Promise<Release> {
  const own = await helmFor(ctx, RELEASE, NAMESPACE);
  const bring = async (verb: string, values: readonly string[], deadline = DEADLINE): Promise<void> =>
    void (await own.run(verb, RELEASE, CHART, '--wait', '--timeout', deadline, ...BRISK, ...values));
  return {
    ...own,
    install: (values) => bring('install', values),
    upgrade: (values, deadline) => bring('upgrade', values, deadline),
  };
}

/** How long an owner waits for it, as a figure. */
export async function timed<T>(ctx: Ctx, what: string, act: () => Promise<T>): Promise<T> {
  const began = performance.now();
  const result = await act();
  ctx.figure(what, Math.round((performance.now() - began) / 100) / 10, 's');
  return result;
}

/** For whoever asks why it failed. */
async function keepState({ cluster: { client }, artifact }: Ctx, namespace: string): Promise<void> {
  for (const kind of ['pods', 'events']) {
    const objects = await client.list(`/api/v1/namespaces/${namespace}/${kind}`);
    writeFileSync(artifact(`${namespace}-${kind}.json`), JSON.stringify(objects, null, 2));
  }
}

/** As a kubelet registers them. */
export async function addLinuxNodes(ctx: Ctx, names: readonly string[]): Promise<void> {
  for (const name of names) await addNode(ctx, { name, cores: 16, labels: { 'kubernetes.io/os': 'linux' } });
}
