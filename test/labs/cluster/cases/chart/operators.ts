import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { load } from 'js-yaml';
import { cacheOf } from '../../../../../scripts/making/cache.ts';
import type { Ctx } from '../../../../e2e/case.ts';
import { until } from '../../../../support/embedded.ts';
import { type ApiObject, type KubeClient, Refused } from '../../../../support/kube-client.ts';
import { certManagerChart, operatorCrds } from '../../parts/operators.ts';
import { helmFor } from './release.ts';

const CRDS = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';

interface Definition extends ApiObject {
  readonly spec: {
    readonly group: string;
    readonly names: { readonly plural: string };
    readonly versions: ReadonlyArray<{ readonly name: string; readonly served: boolean }>;
  };
}

/** The kinds of operators that our chart uses, without the operators; gone at the end of the case. */
export async function addOperatorKinds(ctx: Ctx): Promise<void> {
  const { client } = ctx.cluster;
  const folder = operatorCrds(cacheOf('cluster-lab'));
  for (const file of globSync('*.yaml', { cwd: folder }).sort()) {
    const crd = load(readFileSync(join(folder, file), 'utf8')) as ApiObject;
    const path = `${CRDS}/${crd.metadata.name}`;
    ctx.after(async () => {
      await client.delete(path);
      await until(`${crd.metadata.name} is gone`, async () => (await refusal(client.get(path))) === 404);
    });
    await client.create(CRDS, crd);
  }
  await untilServed(client);
}

/** A kind that is new is not there at first (404), and then its storage is not (429). */
async function untilServed(client: KubeClient): Promise<void> {
  for (const { metadata, spec } of await client.list<Definition>(CRDS)) {
    for (const { name } of spec.versions.filter(({ served }) => served)) {
      const path = `/apis/${spec.group}/${name}/${spec.names.plural}`;
      await until(`${metadata.name} is served`, async () => (await refusal(client.list(path))) === null);
    }
  }
}

/** @returns the status of a refusal, null for none */
async function refusal(asked: Promise<unknown>): Promise<number | null> {
  try {
    await asked;
    return null;
  } catch (error) {
    if (error instanceof Refused) return error.status;
    throw error;
  }
}

const CERT_MANAGER = 'cert-manager';

/** As its pages say: by helm, with its CRDs, until its own check has passed. Its pods run as ours do. */
export async function installCertManager(ctx: Ctx): Promise<void> {
  const helm = await helmFor(ctx, CERT_MANAGER, CERT_MANAGER);
  const chart = certManagerChart(cacheOf('cluster-lab'));
  const crds = ['--set', 'crds.enabled=true', '--set', 'crds.keep=false'];
  await helm.run('install', CERT_MANAGER, chart, '--wait', '--timeout', '4m', ...crds);
  await untilServed(ctx.cluster.client);
}
