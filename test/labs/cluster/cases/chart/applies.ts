import assert from 'node:assert/strict';
import { globSync } from 'node:fs';
import { CHART, type Manifest, objects, set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { Refused } from '../../../../support/kube-client.ts';
import { kindsOf } from './everything.ts';
import { addOperatorKinds } from './operators.ts';
import { NAMESPACE, release } from './release.ts';

const SWITCHES = ['agent.enabled', 'webhook.enabled', 'extender.enabled', 'scheduler.enabled', 'preflight.enabled'];
const AT_ONCE = 4;

const applies: Case = {
  name: 'chart-applies',
  what: 'what every combination of switches and each of ci/ renders is taken by the API server, as a dry run',
  async run(ctx) {
    const temper = await release(ctx);
    await addOperatorKinds(ctx);
    const dry = ['install', 'temper', CHART, '--dry-run=server', ...set('webhook.enabled=true')];
    assert.match(await temper.run(...dry), /kind: MutatingWebhookConfiguration/);
    // Roles of the probe need it there.
    await ctx.cluster.addNamespace('temper-probe');
    const own = globSync(`${CHART}/ci/*-values.yaml`).sort();
    const renderings = [...own.map((file) => ['--values', file]), ...combinations()];
    const distinct = new Map<string, Manifest>();
    for (let at = 0; at < renderings.length; at += AT_ONCE) {
      const some = await Promise.all(renderings.slice(at, at + AT_ONCE).map((args) => objects(args)));
      for (const one of some.flat()) distinct.set(JSON.stringify(one), one);
    }
    const refusals = await dryApply(ctx, [...distinct.values()]);
    assert.deepEqual(refusals, []);
    ctx.figure('renderings', renderings.length, '');
    ctx.figure('different objects, all taken', distinct.size, '');
  },
};

function combinations(): string[][] {
  const repository = 'scheduler.image.repository=kube-scheduler';
  return Array.from({ length: 2 ** SWITCHES.length }, (_, bits) =>
    set(...SWITCHES.map((name, index) => `${name}=${(bits >> index) % 2 === 1}`), repository),
  );
}

const isAccount = ({ kind }: Manifest): boolean => kind === 'ServiceAccount';

/** By server-side apply, strictly. @returns what was refused, and why */
async function dryApply({ cluster: { client } }: Ctx, manifests: readonly Manifest[]): Promise<string[]> {
  const kinds = await kindsOf(client);
  const refusals: string[] = [];
  const accountsFirst = manifests.toSorted((a, b) => Number(isAccount(b)) - Number(isAccount(a)));
  for (const body of accountsFirst) {
    const { apiVersion, kind, metadata } = body;
    const found = kinds.get(`${apiVersion} ${kind}`);
    const object = `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
    if (found === undefined) {
      refusals.push(`${object}: no such kind in ${apiVersion}`);
      continue;
    }
    const within = found.namespaced ? `/namespaces/${metadata.namespace ?? NAMESPACE}` : '';
    // A pod is refused whose account is not there; it goes with its namespace.
    const dryRun = isAccount(body) ? {} : { dryRun: 'All' };
    const query = { fieldManager: 'lab', fieldValidation: 'Strict', force: 'true', ...dryRun };
    const path = `${found.path}${within}/${found.name}/${metadata.name}`;
    await client.call('PATCH', path, { contentType: 'application/apply-patch+yaml', query, body }).catch((error) => {
      if (!(error instanceof Refused)) throw error;
      refusals.push(`${object}: ${error.message}`);
    });
  }
  return refusals;
}

export const APPLIES_CASES: readonly Case[] = [applies];
