import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { CHART, set } from '../../../../charts/helm.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { cpuOf, dryRun, OPTED_IN, pods, untilScaled, WEBHOOKS } from '../../../../e2e/kit.ts';
import { issue, makeCa } from '../../../../support/certificates.ts';
import { until } from '../../../../support/embedded.ts';
import { type ApiObject, Refused } from '../../../../support/kube-client.ts';
import { base64, derOf, servedAt } from '../admission/service-pods.ts';
import { startTraffic, tell } from '../admission/traffic.ts';
import { decoded, secretOf } from './cert-manager.ts';
import { mayNotChange } from './certificate.ts';
import { installCertManager } from './operators.ts';
import { addLinuxNodes, NAMESPACE, RELEASE, type Release, release, timed } from './release.ts';

/** `tls.mode` changed on a release that lives, while pods are created. */

const WORKLOADS = 'chart-tls-modes';
const CORE = `/api/v1/namespaces/${NAMESPACE}`;
const HOST = `temper-control.${NAMESPACE}.svc`;
const OWNERS = 'my-certificate';
const PER_SECOND = 20;
/** So many before, and after. */
const BESIDE = 5;
/** How often the handover is looked at, which is there for seconds. */
const LOOK_MS = 100;
/** A service that a busy machine makes late would be passed over in silence, which is not what is looked for. */
const VALUES = set('webhook.enabled=true', 'agent.enabled=false', 'webhook.timeoutSeconds=10');

type Mode = 'self' | 'cert-manager' | 'existingSecret';

interface Scene {
  readonly ctx: Ctx;
  readonly temper: Release;
  /** Of the owner's Secret. */
  readonly owners: { readonly cert: string; readonly ca: string; readonly version: string };
  valuesOf(mode: Mode): string[];
  /** The last revision of each. */
  readonly revisions: Map<Mode, number>;
}

const modes: Case = {
  name: 'chart-tls-modes',
  what: 'tls.mode changed under load, to a Secret of the owner and back; no pod refused or unscaled, no key left; what cannot work is refused before',
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    await addLinuxNodes(ctx, [WORKLOADS]);
    const scene = await installed(ctx, []);
    await refuses(scene);
    await change(scene, 'self', 'existingSecret');
    await change(scene, 'existingSecret', 'self');
  },
};

/** Every change with cert-manager's own controllers, one that fails, and `helm rollback` of every change. */
const withCertManager = (name: string, what: string, flags: readonly string[]): Case => ({
  name,
  what,
  needsServices: true,
  deadlineMs: 1_800_000,
  onRequest: 'it takes four minutes',
  async run(ctx) {
    await addLinuxNodes(ctx, [WORKLOADS]);
    await timed(ctx, "cert-manager's own chart, until its check has passed", () => installCertManager(ctx));
    const scene = await installed(ctx, flags);
    await change(scene, 'self', 'cert-manager');
    await change(scene, 'cert-manager', 'self');
    await change(scene, 'self', 'existingSecret');
    await change(scene, 'existingSecret', 'cert-manager', '--wait=hookOnly');
    await change(scene, 'cert-manager', 'existingSecret');
    await change(scene, 'existingSecret', 'self');
    await fails(scene);
    // Without server-side apply helm leaves a Certificate as the upgrade that failed has made it.
    if (flags.length > 0) await rollBack(scene, 'self');
    await change(scene, 'self', 'cert-manager');
    for (const to of ['self', 'existingSecret', 'cert-manager', 'existingSecret', 'self', 'cert-manager'] as const)
      await rollBack(scene, to);
  },
});

const byApply = withCertManager(
  'chart-tls-modes-cert-manager',
  'every change of tls.mode and helm rollback of each, with cert-manager: no pod refused, and none unscaled but by a rollback',
  [],
);

const byMerge = withCertManager(
  'chart-tls-modes-client-side',
  'the same as helm 3 does it, and helm 4 for a release of helm 3: without server-side apply',
  ['--server-side=false'],
);

/** In the mode self. */
async function installed(ctx: Ctx, flags: readonly string[]): Promise<Scene> {
  const temper = await release(ctx);
  await ctx.cluster.addNamespace(WORKLOADS, OPTED_IN);
  const scene = { ctx, temper, revisions: new Map<Mode, number>(), ...(await ownersCertificate(ctx)) };
  await temper.install([...scene.valuesOf('self'), ...flags]);
  await holdsIn(scene, 'self');
  return scene;
}

async function ownersCertificate(ctx: Ctx): Promise<Pick<Scene, 'owners' | 'valuesOf'>> {
  const ca = makeCa();
  const { cert, key } = issue(ca, { commonName: HOST });
  const made = await ctx.cluster.client.create(`${CORE}/secrets`, {
    metadata: { name: OWNERS },
    type: 'kubernetes.io/tls',
    data: { 'tls.crt': base64(cert), 'tls.key': base64(key) },
  });
  const file = ctx.artifact('ca.crt');
  writeFileSync(file, ca.cert);
  const existing = [...set(`tls.existingSecret=${OWNERS}`), '--set-file', `tls.caBundle=${file}`];
  return {
    owners: { cert, ca: ca.cert, version: made.metadata.resourceVersion ?? '' },
    valuesOf: (mode) => [...VALUES, ...set(`tls.mode=${mode}`), ...(mode === 'existingSecret' ? existing : [])],
  };
}

/** Each pod has a name of its own. */
let created = 0;

/** Pods are created until `act` is over, and some more. None is refused. @returns when those were created that came back as they were */
async function during(ctx: Ctx, what: string, act: () => Promise<void>): Promise<number> {
  const traffic = await startTraffic(ctx, WORKLOADS, created, PER_SECOND);
  await traffic.more(BESIDE);
  const began = performance.now();
  await act();
  ctx.figure(what, Math.round((performance.now() - began) / 100) / 10, 's');
  await traffic.more(BESIDE);
  const tally = await traffic.stop();
  created += tally.created + tally.refused.length;
  tell(ctx, what, tally);
  if (tally.unmodified.length > 0) ctx.log(`${what}: not scaled at ${tally.unmodified.map(Math.round).join(' ')} ms`);
  assert.deepEqual(tally.refused, []);
  return tally.unmodified.length;
}

async function change(scene: Scene, from: Mode, to: Mode, ...flags: string[]): Promise<void> {
  const { ctx, temper, valuesOf } = scene;
  const before = await trusted(ctx);
  let handover = '';
  const unscaled = await during(ctx, `${from} to ${to}`, async () => {
    const upgraded = temper.upgrade([...valuesOf(to), ...flags]).finally(() => clearInterval(timer));
    const timer = setInterval(async () => {
      handover = (await trusted(ctx, 'temper-overcommit-handover').catch(() => '')) || handover;
    }, LOOK_MS);
    await upgraded;
  });
  assert.equal(unscaled, 0);
  await holdsIn(scene, to);
  // Connections of the API server last, so at this rate a handover that trusts one of both may pass nobody over either.
  for (const ca of [before, await trusted(ctx)])
    assert.ok(derOf(handover).includes(derOf(ca)), 'the handover has trusted both');
}

/** From `self`, by an issuer that there is not: the old pods go on, until it is mended. */
async function fails({ ctx, temper, valuesOf }: Scene): Promise<void> {
  const values = [...valuesOf('cert-manager'), ...set('tls.certManager.issuerRef.name=none')];
  const unscaled = await during(ctx, 'a change that fails', async () => {
    const ran = await temper.attempt('upgrade', RELEASE, CHART, '--wait', '--timeout', '15s', ...values);
    assert.ok(!ran.ok);
  });
  assert.equal(unscaled, 0);
}

/** Helm renders nothing for it, so nobody hands over: pods come back unscaled until the new ones have taken over. */
async function rollBack(scene: Scene, to: Mode): Promise<void> {
  const { ctx, temper } = scene;
  await during(ctx, `rolled back to ${to}`, async () => {
    await temper.run('rollback', RELEASE, String(scene.revisions.get(to)), '--wait', '--timeout', '4m');
    await untilScaled(ctx, WORKLOADS);
  });
  await holdsIn(scene, to, true);
}

/** To leave for a certificate that is not there, or that the API server would not take. */
async function refuses({ ctx, temper, valuesOf }: Scene): Promise<void> {
  const before = await ofRelease(ctx);
  const stranger = ctx.artifact('stranger.crt');
  writeFileSync(stranger, makeCa().cert);
  const unscaled = await during(ctx, 'two refusals', async () => {
    for (const [values, told] of [
      [set('tls.existingSecret=none'), /TMP3233: .* no tls\.crt in Secret temper\/none/],
      [['--set-file', `tls.caBundle=${stranger}`], /TMP3233: .*tls\.crt is not signed by a CA of tls\.caBundle/],
    ] as const) {
      const all = [...valuesOf('existingSecret'), ...values];
      const ran = await temper.attempt('upgrade', RELEASE, CHART, '--wait', '--timeout', '4m', ...all);
      assert.ok(!ran.ok);
      assert.match(ran.stdout + ran.stderr, told);
    }
  });
  assert.equal(unscaled, 0);
  assert.deepEqual(await ofRelease(ctx), before);
}

/** What a mode has: whom the API server trusts, what is served, which keys there are, what the service may do. */
async function holdsIn(scene: Scene, mode: Mode, isRolledBack = false): Promise<void> {
  const { ctx, owners, temper } = scene;
  const history = await temper.run('history', RELEASE, '--max', '1', '--output', 'json');
  scene.revisions.set(mode, (JSON.parse(history) as [{ revision: number }])[0].revision);
  const { client } = ctx.cluster;
  assert.equal(cpuOf(await dryRun(ctx, WORKLOADS)), '700m');

  const issued = mode === 'self' ? 'temper-control-tls' : mode === 'cert-manager' ? 'temper-control-cert' : null;
  const { ca, cert } = issued === null ? owners : await materialOf(ctx, issued);
  // In a rollback the webhook is not made anew, and cert-manager adds to what it finds.
  const isAdded = isRolledBack && mode === 'cert-manager';
  await until(`the CA of ${mode} is trusted${isAdded ? '' : ', and no other'}`, async () => {
    const bundle = await trusted(ctx);
    return isAdded ? derOf(bundle).includes(derOf(ca)) : bundle === ca.trim();
  });
  const serving = await client.list<ApiObject & { status: { podIP: string } }>(pods(NAMESPACE), {
    labelSelector: 'app.kubernetes.io/component=control',
  });
  assert.equal(serving.length, 2);
  for (const { metadata, status } of serving)
    await until(`${metadata.name} serves it`, async () => (await servedAt(status.podIP)) === derOf(cert));

  const secrets = { self: [issued], 'cert-manager': [issued, `${issued}-ca`], existingSecret: [] }[mode];
  await until(`no key is left but those of ${mode}`, async () => {
    const all = await namesOf(ctx, `${CORE}/secrets`);
    return isSame(
      all.filter((one) => !one.startsWith('sh.helm.release.')),
      [...secrets, OWNERS],
    );
  });
  assert.equal((await client.get(`${CORE}/secrets/${OWNERS}`)).metadata.resourceVersion, owners.version);
  for (const kind of ['certificates', 'issuers'])
    assert.equal((await ofCertManager(ctx, kind)).length, mode === 'cert-manager' ? 2 : 0, kind);
  assert.deepEqual(
    (await namesOf(ctx, WEBHOOKS)).filter((one) => one.startsWith(RELEASE)),
    ['temper-overcommit'],
  );
  assert.deepEqual(await namesOf(ctx, `/apis/batch/v1/namespaces/${NAMESPACE}/jobs`), []);
  if (mode !== 'self') await mayNotChange(ctx);
}

const isSame = (all: readonly string[], wanted: ReadonlyArray<string | null>): boolean =>
  all.toSorted().join() === wanted.toSorted().join();

async function materialOf(ctx: Ctx, name: string): Promise<{ ca: string; cert: string }> {
  const { data } = await secretOf(ctx, name);
  return { ca: decoded(data['ca.crt']), cert: decoded(data['tls.crt']) };
}

/** PEM. */
async function trusted({ cluster }: Ctx, name = 'temper-overcommit'): Promise<string> {
  const { webhooks } = await cluster.client.get<{ webhooks: ReadonlyArray<{ clientConfig: { caBundle?: string } }> }>(
    `${WEBHOOKS}/${name}`,
  );
  return decoded(webhooks[0]?.clientConfig.caBundle);
}

const namesOf = async ({ cluster }: Ctx, path: string): Promise<string[]> =>
  (await cluster.client.list(path)).map(({ metadata }) => metadata.name).sort();

/** None where it is not installed. */
async function ofCertManager(ctx: Ctx, kind: string): Promise<string[]> {
  try {
    return await namesOf(ctx, `/apis/cert-manager.io/v1/namespaces/${NAMESPACE}/${kind}`);
  } catch (error) {
    if (error instanceof Refused && error.status === 404) return [];
    throw error;
  }
}

/** What helm makes of it, and what runs. */
async function ofRelease(ctx: Ctx): Promise<string[]> {
  const found = ['/api/v1/pods', '/apis/batch/v1/jobs', '/api/v1/secrets', '/apis/apps/v1/deployments'].map(
    async (path) => {
      const [kind = ''] = path.split('/').slice(-1);
      const all = await namesOf(ctx, path.replace(`/${kind}`, `/namespaces/${NAMESPACE}/${kind}`));
      return all.map((one) => `${kind} ${one}`);
    },
  );
  const all = [...(await Promise.all(found)).flat(), ...(await namesOf(ctx, WEBHOOKS)), await trusted(ctx)];
  return all.filter((one) => !/sh\.helm\.release/.test(one));
}

export const TLS_MODE_CASES: readonly Case[] = [modes, byApply, byMerge];
