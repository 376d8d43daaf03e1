import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { run } from '../../../../scripts/making/run.ts';
import { makeCa } from '../../../support/certificates.ts';
import { until } from '../../../support/embedded.ts';
import { BRIDGE, isInOwnNetwork, runInOwnNetwork, setUpOwnNetwork, whyNoOwnNetwork } from '../host/network.ts';
import { API_SERVICE_IP, SERVICE_RANGE } from '../plane/address.ts';
import { openPodNetwork } from './network.ts';
import { readLabPod } from './pod.ts';
import { imageRoots } from './programs.ts';
import { runPod } from './run-pod.ts';
import { createProxy } from './services.ts';
import { type KnownPod, statusOf } from './status.ts';

/** A pod as the chart makes them, with the real service in it and no API server behind: how it is started and ended. */

const healthz = {
  httpGet: { path: '/healthz', port: 'metrics', scheme: 'HTTP' },
  periodSeconds: 1,
  timeoutSeconds: 2,
  successThreshold: 1,
  // A busy machine starts it in ten seconds.
  failureThreshold: 120,
};
const TOKEN_PATH = '/var/run/secrets/kubernetes.io/serviceaccount';
const POD = readLabPod({
  metadata: { name: 'control-1', namespace: 'temper', uid: 'u-1' },
  spec: {
    nodeName: 'node-1',
    serviceAccountName: 'control',
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 60,
    securityContext: { runAsNonRoot: true, runAsUser: 65532, runAsGroup: 65532, fsGroup: 65532 },
    containers: [
      {
        name: 'service',
        image: 'temper-service:0.1.0',
        imagePullPolicy: 'IfNotPresent',
        args: ['--config=/etc/temper/config/config.yaml'],
        ports: [{ name: 'metrics', containerPort: 8080 }],
        readinessProbe: healthz,
        resources: {},
        securityContext: { readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } },
        terminationMessagePath: '/dev/termination-log',
        terminationMessagePolicy: 'File',
        volumeMounts: [
          { name: 'token', mountPath: TOKEN_PATH, readOnly: true },
          { name: 'config', mountPath: '/etc/temper/config', readOnly: true },
          { name: 'tmp', mountPath: '/tmp' },
        ],
      },
    ],
    volumes: [
      { name: 'tmp', emptyDir: {} },
      { name: 'config', configMap: { name: 'config', defaultMode: 0o440 } },
      {
        name: 'token',
        projected: {
          defaultMode: 0o440,
          sources: [{ serviceAccountToken: { path: 'token' } }, { configMap: { name: 'ca' } }],
        },
      },
    ],
  },
});
const CONFIG = 'extender: {enabled: true, loopback: true}\nserver: {drainMs: 0, tls: {certFile: "", keyFile: ""}}\n';

const why = whyNoOwnNetwork();
if (why !== null) test('pods as processes', { skip: `this machine gives us no network of our own: ${why}` });
else if (!isInOwnNetwork()) {
  test('pods as processes, in a network of their own', async () => {
    // Else the one inside takes itself for a part of this run, and runs nothing.
    delete process.env['NODE_TEST_CONTEXT'];
    assert.equal(await runInOwnNetwork([import.meta.filename]), 0);
  });
} else {
  setUpOwnNetwork(SERVICE_RANGE);
  test('pods come and go, and what others send to the bridge still arrives', async (t) => {
    // By the program: /sys is of the network that we were born in.
    const links = (...of: string[]): Array<{ address: string }> =>
      JSON.parse(run('ip', ['-json', 'link', 'show', ...of]) || '[]');
    const address = () => links(BRIDGE)[0]?.address;
    const before = address();
    const networks = [await openPodNetwork(), await openPodNetwork()];
    const close = (): void => {
      for (const network of networks) network.close();
    };
    t.after(close);
    assert.equal(address(), before);
    close();
    await until('they are gone', () => links('master', BRIDGE).length === 0);
    assert.equal(address(), before);
  });

  test('a pod waits for its ConfigMap, runs as its user on its own address, is ready by its probe, and ends in order', async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'temper-lab-'));
    t.after(() => rmSync(folder, { recursive: true, force: true }));
    const network = await openPodNetwork();
    t.after(() => network.close());
    let config: Record<string, string> | null = null;
    let known: KnownPod | null = null;
    const status = () => known && (statusOf(known, 'now') as unknown as Status);
    const pod = runPod({
      pod: POD,
      network,
      place: { podIp: network.ip, hostIp: '10.244.0.1', apiHost: API_SERVICE_IP },
      images: imageRoots({ 'kube-scheduler': process.execPath, 'cert-manager': process.execPath }),
      sources: {
        configMap: (_namespace, name) => Promise.resolve(name === 'ca' ? { 'ca.crt': makeCa().cert } : config),
        secret: () => Promise.resolve(null),
        token: () => Promise.resolve('token'),
      },
      folder: join(folder, 'pod'),
      hostFolder: join(folder, 'host'),
      changed: (now) => {
        known = now;
      },
      say: (text) => t.diagnostic(text),
    });
    const proxy = createProxy((text) => t.diagnostic(text));
    t.after(() => proxy.close());
    proxy.set([{ front: '10.96.0.7:80', backs: [{ host: network.ip, port: 8080 }] }]);

    await until(
      'it waits',
      () => status()?.containerStatuses[0]?.state.waiting?.message === 'ConfigMap config not found',
    );
    config = { 'config.yaml': CONFIG };
    await until(
      'it is ready',
      () => status()?.conditions.some(({ type, status: is }) => type === 'Ready' && is === 'True') === true,
    );
    assert.equal((await fetch('http://10.96.0.7/healthz')).status, 200);
    await assert.rejects(fetch(`http://${network.ip}:8081/explain/nodes/x`), 'its loopback is its own');
    await pod.end(60);
    assert.equal(status()?.containerStatuses[0]?.state.terminated?.exitCode, 0);
  });
}

interface Status {
  readonly conditions: ReadonlyArray<{ readonly type: string; readonly status: string }>;
  readonly containerStatuses: ReadonlyArray<{
    readonly state: {
      readonly waiting?: { readonly message?: string };
      readonly terminated?: { readonly exitCode: number };
    };
  }>;
}
