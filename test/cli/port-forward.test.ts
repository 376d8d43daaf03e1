// By kubeconfig: the pod of the agent is found and a port forwarded, through an API server of the test's own.
import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { test } from 'node:test';
import { fakeFacade } from '../agent/api/fake-facade.ts';
import { serve } from '../agent/api/harness.ts';
import { type ForwardingOptions, forwardingApi } from './forwarding-api.ts';
import { errorOf, type Ran, run } from './harness.ts';
import { withKubeconfig } from './kubeconfig.ts';

const AGENT = { 'app.kubernetes.io/name': 'temper', 'app.kubernetes.io/component': 'agent' };

function pod(
  name: string,
  nodeName: string | undefined,
  labels: object = AGENT,
  phase = 'Running',
  times: object = { creationTimestamp: '2026-11-21T10:00:00Z' },
): object {
  const metadata = { name, namespace: 'temper', resourceVersion: '1', labels, ...times };
  return { metadata, spec: { ...(nodeName !== undefined && { nodeName }) }, status: { phase } };
}

const PODS = [
  pod('agent-of-another-node', 'node-2'),
  pod('no-agent', 'node-1', {}),
  pod('agent-that-ended', 'node-1', AGENT, 'Failed'),
  pod('agent-0-newer', 'node-1', AGENT, 'Running', { creationTimestamp: '2026-11-22T10:00:00Z' }),
  pod('agent-0-ending', 'node-1', AGENT, 'Running', {
    creationTimestamp: '2026-11-20T10:00:00Z',
    deletionTimestamp: '2026-11-22T10:00:00Z',
  }),
  pod('agent-1', 'node-1'),
  pod('cart-0', 'node-1', {}),
  pod('unbound', undefined, {}),
];

interface Asked {
  readonly ran: Ran;
  readonly requests: readonly string[];
}

async function ask(args: readonly string[], options: Partial<ForwardingOptions> = {}): Promise<Asked> {
  const served = await serve(fakeFacade());
  const api = await forwardingApi({ pods: PODS, target: served.port, ...options });
  try {
    return await withKubeconfig(api.server, async (kubeconfig) => {
      const ran = await run([...args, '-o', 'json', '--kubeconfig', kubeconfig]);
      return { ran, requests: api.requests };
    });
  } finally {
    api.close();
    await served.stop();
  }
}

const folders = (): string[] => readdirSync(tmpdir()).filter((name) => /^temper-cli-[A-Za-z0-9]{6}$/.test(name));

test('--node leads to the running agent of that node, and nothing is left behind', async () => {
  const before = folders();
  const { ran, requests } = await ask(['status', '--node', 'node-1']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(JSON.parse(ran.stdout).node, 'node-1');
  assert.deepEqual(requests, [
    '/api/v1/namespaces/temper/pods?limit=500&fieldSelector=spec.nodeName%3Dnode-1',
    '/api/v1/namespaces/temper/pods/agent-1/portforward?ports=9101',
  ]);
  assert.deepEqual(folders(), before);
});

test('a pod that is named leads to the agent of its node', async () => {
  const { ran, requests } = await ask(['explain', 'pod', 'shop/cart-0', '--agent-namespace', 'elsewhere']);
  assert.equal(ran.code, 0, ran.stderr);
  assert.equal(JSON.parse(ran.stdout).name, 'cart-0');
  assert.equal(requests[0], '/api/v1/namespaces/shop/pods?limit=500&fieldSelector=metadata.name%3Dcart-0');
  assert.match(requests[1] ?? '', /^\/api\/v1\/namespaces\/elsewhere\/pods\?/);
});

test('what stands in the way is told by an id and an exit code', async () => {
  const cases: ReadonlyArray<readonly [args: string[], options: Partial<ForwardingOptions>, code: number, id: string]> =
    [
      [['status', '--node', 'node-3'], {}, 1, 'TMP3223'],
      [['explain', 'pod', 'shop/nobody'], {}, 1, 'TMP3204'],
      [['explain', 'pod', 'shop/unbound'], {}, 1, 'TMP3204'],
      [['explain', 'pod', '0c9a7b1e-6e0b-4f0e-9a63-b8f7f0a2a001'], {}, 2, 'TMP3221'],
      [['status', '--node', 'node-1'], { refuse: 401 }, 4, 'TMP3224'],
      [['status', '--node', 'node-1'], { refuse: 403 }, 5, 'TMP3225'],
      [['status', '--node', 'node-1'], { refuse: 404 }, 1, 'TMP3222'],
      [['status', '--node', 'node-1'], { complaint: 'nothing listens on 9101' }, 1, 'TMP3222'],
    ];
  for (const [args, options, code, id] of cases) {
    const { ran } = await ask(args, options);
    assert.deepEqual([ran.code, errorOf(ran).id], [code, id], ran.stderr);
    if (options.complaint !== undefined) assert.match(errorOf(ran).message, /nothing listens on 9101/);
  }
});

test('a kubeconfig that is not there is told', async () => {
  const ran = await run(['status', '--node', 'node-1', '--kubeconfig', '/nonexistent/config', '-o', 'json']);
  assert.deepEqual([ran.code, errorOf(ran).id], [1, 'TMP3001']);
});
