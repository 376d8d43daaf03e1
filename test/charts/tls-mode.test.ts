// What helm makes of a change of tls.mode: it looks into the cluster, which is played here. Needs helm; the cluster lab builds it.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, test } from 'node:test';
import { withKubeconfig } from '../cli/kubeconfig.ts';
import { makeCa } from '../support/certificates.ts';
import { CHART, helm, type Manifest, manifestsOf, type Ran, render, set, withoutHelm } from './helm.ts';

const WEBHOOKS = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations';
const MAIN = `${WEBHOOKS}/temper-overcommit`;
const HANDOVER = `${MAIN}-handover`;
const BASE = ['webhook.enabled=true', 'agent.enabled=false'];
const EXISTING = ['tls.mode=existingSecret', 'tls.existingSecret=mine'];

const configuration = (name: string, mode: string, bundle: string): object => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind: 'MutatingWebhookConfiguration',
  metadata: { name, ...(mode !== '' && { labels: { 'temper.codes/tls-mode': mode } }) },
  webhooks: [{ name: 'overcommit.temper.codes', clientConfig: { caBundle: Buffer.from(bundle).toString('base64') } }],
});

const pem = (text: string): string => `${text.replaceAll('\r', '').trim()}\n`;
const ca = { before: pem(makeCa().cert), owner: makeCa().cert };
const isMode = (mode: string): Record<string, object> => ({
  [MAIN]: configuration('temper-overcommit', mode, ca.before),
});

/** Rendered as in `helm upgrade`, where the API server has those objects. */
async function upgrade(values: readonly string[], found: Readonly<Record<string, object>>): Promise<Ran> {
  const kinds = await kindsOfTheChart();
  const server = createServer(({ url = '' }, response) => {
    const [path = ''] = url.split('?');
    const body =
      path === '/version' ? { major: '1', minor: '36', gitVersion: 'v1.36.3' } : (kinds[path] ?? found[path]);
    const gone = { kind: 'Status', apiVersion: 'v1', status: 'Failure', code: 404, reason: 'NotFound' };
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? gone));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  try {
    return await withKubeconfig(`http://127.0.0.1:${port}`, (kubeconfig) => {
      const cluster = ['--dry-run=server', '--is-upgrade', '--disable-openapi-validation', '--kubeconfig', kubeconfig];
      return helm(['template', 'temper', CHART, '--namespace', 'temper', ...cluster, ...set(...BASE, ...values)]);
    });
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

/** Helm asks for each kind of the release whether there is such a one. */
async function kindsOfTheChart(): Promise<Record<string, object>> {
  const { stdout } = await render(set(...BASE, 'tls.mode=cert-manager'));
  const all = new Map(
    manifestsOf(stdout).map(({ apiVersion, kind }) => [`${apiVersion} ${kind}`, { apiVersion, kind }]),
  );
  const answers: Record<string, { kind: string; groupVersion: string; resources: object[] }> = {};
  for (const { apiVersion, kind } of all.values()) {
    const path = apiVersion === 'v1' ? '/api/v1' : `/apis/${apiVersion}`;
    answers[path] ??= { kind: 'APIResourceList', groupVersion: apiVersion, resources: [] };
    const name = `${kind.toLowerCase()}${kind.endsWith('s') ? 'es' : 's'}`;
    const namespaced = !/^(Cluster|Namespace|Priority|Mutating|Validating)/.test(kind);
    answers[path].resources.push({ name, kind, namespaced, verbs: ['get'] });
  }
  const groups = Object.keys(answers)
    .filter((path) => path.startsWith('/apis/'))
    .map((path) => {
      const groupVersion = path.replace('/apis/', '');
      const [name, version] = groupVersion.split('/');
      return { name, versions: [{ groupVersion, version }], preferredVersion: { groupVersion, version } };
    });
  return { ...answers, '/api': { kind: 'APIVersions', versions: ['v1'] }, '/apis': { kind: 'APIGroupList', groups } };
}

async function hooksOf(values: readonly string[], found: Readonly<Record<string, object>>): Promise<Manifest[]> {
  const { ok, stdout, stderr } = await upgrade(values, found);
  assert.ok(ok, stderr);
  return manifestsOf(stdout).filter(({ metadata }) => metadata.annotations?.['helm.sh/hook']?.includes('pre-upgrade'));
}

/** PEM. */
function trustedBy({ webhooks }: Manifest): string {
  const [one] = webhooks as ReadonlyArray<{ clientConfig: { caBundle: string } }>;
  return Buffer.from(one?.clientConfig.caBundle ?? '', 'base64').toString();
}

describe('a change of tls.mode', { skip: withoutHelm }, () => {
  test('none, and a first installation, hand nothing over', async () => {
    assert.deepEqual(await hooksOf(['tls.mode=self'], isMode('self')), []);
    assert.deepEqual(await hooksOf(['tls.mode=self'], {}), []);
  });

  for (const [from, values] of [
    ['self', ['tls.mode=cert-manager']],
    ['cert-manager', ['tls.mode=self']],
    ['existingSecret', ['tls.mode=self']],
    // Of a chart that did not say so.
    ['', ['tls.mode=self']],
  ] as const) {
    test(`from ${from || 'one not known'} to ${values}: the handover comes first, and trusts whom the API server trusts`, async () => {
      const hooks = await hooksOf(values, isMode(from));
      const order = hooks.map(({ metadata }) => [Number(metadata.annotations?.['helm.sh/hook-weight']), metadata.name]);
      assert.deepEqual(order.sort(), [
        [-3, 'temper-overcommit'],
        [-4, 'temper-overcommit-handover'],
      ]);
      const handover = hooks.find(({ metadata }) => metadata.name.endsWith('-handover'));
      assert.ok(handover !== undefined);
      assert.equal(trustedBy(handover), ca.before);
      const injects = handover.metadata.annotations?.['cert-manager.io/inject-ca-from'];
      assert.equal(injects, values[0] === 'tls.mode=cert-manager' ? 'temper/temper-control-cert' : undefined);
    });
  }

  const secret = (...keys: readonly string[]): Record<string, object> => ({
    '/api/v1/namespaces/temper/secrets/mine': {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'mine', namespace: 'temper' },
      data: Object.fromEntries(keys.map((key) => [key, 'eA=='])),
    },
  });

  test('to a Secret of the owner: its CA is trusted as well, each CA once, and its certificate is looked at before', async () => {
    const left = { [HANDOVER]: configuration('temper-overcommit-handover', '', ca.before + ca.owner) };
    const found = { ...isMode('self'), ...left, ...secret('tls.crt', 'tls.key') };
    const hooks = await hooksOf([...EXISTING, `tls.caBundle=${ca.owner}`], found);
    const handover = hooks.find(({ metadata }) => metadata.name.endsWith('-handover'));
    assert.ok(handover !== undefined);
    assert.equal(trustedBy(handover), ca.before + pem(ca.owner));
    const weights = hooks.map(({ kind, metadata }) => `${metadata.annotations?.['helm.sh/hook-weight']} ${kind}`);
    assert.equal(weights.sort().at(-1), '-8 Job');
  });

  test('to one that is not there, or lacks a key, is refused; for a release of that mode it may come later', async () => {
    for (const [found, told] of [
      [{}, /TMP3233: .*no tls\.crt in Secret temper\/mine/],
      [secret('tls.crt'), /TMP3233: .*no tls\.key in Secret temper\/mine/],
    ] as const) {
      const { ok, stderr } = await upgrade(EXISTING, { ...isMode('self'), ...found });
      assert.ok(!ok);
      assert.match(stderr, told);
    }
    assert.ok((await upgrade(EXISTING, isMode('existingSecret'))).ok);
  });

  test('what a change that failed has left is taken up by the next, also where its mode is in force', async () => {
    const left = { [HANDOVER]: configuration('temper-overcommit-handover', '', ca.owner) };
    const hooks = await hooksOf(['tls.mode=self'], { ...isMode('self'), ...left });
    const made = hooks.filter(({ metadata }) => metadata.name.includes('-handover'));
    // The first is there while helm deletes the one that was left, before it makes it anew.
    assert.deepEqual(
      made.map(({ metadata: { name, annotations } }) => [name, annotations?.['helm.sh/hook-weight']]).sort(),
      [
        ['temper-overcommit-handover', '-4'],
        ['temper-overcommit-handover-again', '-6'],
      ],
    );
    for (const one of made) assert.equal(trustedBy(one), ca.before + pem(ca.owner));
  });
});
