// What helm makes of the chart. Needs helm; the cluster lab builds it.
import assert from 'node:assert/strict';
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { describe, test } from 'node:test';
import { dump } from 'js-yaml';
import { loadConfig as loadAgentConfig } from '../../agent/config/settings.ts';
import { loadConfig as loadServiceConfig } from '../../src/service/config/settings.ts';
import {
  CHART,
  helm,
  KUBECONFORM,
  type Manifest,
  manifestsOf,
  named,
  objects,
  render,
  runFile,
  SCHEMAS,
  set,
  specOf,
  withoutHelm,
  withoutKubeconform,
} from './helm.ts';

const CASES = globSync(`${CHART}/ci/*-values.yaml`).sort();
const KUBE_SCHEDULER = 'scheduler.image.repository=kube-scheduler';

/** Cluster-wide kinds, and whether an object lives outside the release namespace. */
const CLUSTER_WIDE =
  /^(Namespace|PriorityClass|ClusterRole|ClusterRoleBinding|MutatingWebhookConfiguration|ValidatingAdmissionPolicy|ValidatingAdmissionPolicyBinding)$/;

const isOutside = ({ kind, metadata }: Manifest): boolean => CLUSTER_WIDE.test(kind) || metadata.namespace !== 'temper';

const keyOf = ({ kind, metadata }: Manifest): string => `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;

/** Whatever order helm has them in. */
function canonical(all: readonly Manifest[]): string {
  const sorted = all.toSorted((a, b) => (keyOf(a) < keyOf(b) ? -1 : 1));
  return sorted.map((one) => `---\n${dump(one, { lineWidth: -1, noRefs: true })}`).join('');
}

describe('the chart', { skip: withoutHelm }, () => {
  test('lint', async () => {
    const args = ['lint', '--strict', CHART, '--kube-version', '1.36.3'];
    const { ok, stdout, stderr } = await helm(args);
    assert.ok(ok, stdout + stderr);
  });

  for (const file of CASES) {
    const golden = join('test/charts/golden', basename(file).replace('-values.yaml', '.yaml'));
    test(`${basename(file)} renders as ${golden}`, async () => {
      const { ok, stdout, stderr } = await render(['--values', file]);
      assert.ok(ok, stderr);
      const text = canonical(manifestsOf(stdout));
      if (process.env['TEMPER_GOLDEN'] === 'write') writeFileSync(golden, text);
      assert.equal(text, readFileSync(golden, 'utf8'), 'TEMPER_GOLDEN=write accepts what is rendered now');
    });
  }

  test('every combination of components renders, in which no object comes twice', async () => {
    const switches = ['agent.enabled', 'webhook.enabled', 'extender.enabled', 'scheduler.enabled', 'preflight.enabled'];
    for (let bits = 0; bits < 2 ** switches.length; bits += 1) {
      const on = switches.map((name, index) => `${name}=${(bits >> index) % 2 === 1}`);
      const keys = (await objects(set(...on, KUBE_SCHEDULER))).map(keyOf);
      assert.equal(new Set(keys).size, keys.length, on.join());
    }
  });

  test('with everything off nothing is left', async () => {
    const off = ['agent.enabled', 'priorityClasses.enabled', 'tierGuard.enabled', 'uninstall.check'];
    const left = await objects(set(...off.map((name) => `${name}=false`)));
    assert.deepEqual(left.map(keyOf), []);
  });

  test('what is outside the release namespace belongs to a component that is on', async () => {
    const alone: Record<string, readonly string[]> = {
      'agent.enabled': ['agent', 'hook'],
      'webhook.enabled': ['control', 'hook', 'test'],
      'extender.enabled': ['control', 'hook'],
      'scheduler.enabled': ['scheduler', 'hook'],
      'priorityClasses.enabled': ['tiers', 'hook'],
      'tierGuard.enabled': ['tiers'],
    };
    for (const [one, components] of Object.entries(alone)) {
      const off = Object.keys(alone).filter((name) => name !== one);
      const found = await objects(set(...off.map((name) => `${name}=false`), `${one}=true`, KUBE_SCHEDULER));
      const foreign = found.filter(isOutside).filter(({ metadata }) => {
        return !components.includes(metadata.labels?.['app.kubernetes.io/component'] ?? '');
      });
      assert.deepEqual(foreign.map(keyOf), [], one);
    }
  });

  test('selectors never change between versions', async () => {
    const all = await objects(['--values', `${CHART}/ci/full-values.yaml`]);
    const selectors = all.flatMap(({ kind, metadata, spec }) => {
      const { selector } = (spec ?? {}) as { selector?: { matchLabels?: object } };
      return /^(DaemonSet|Deployment)$/.test(kind) ? [[metadata.name, selector?.matchLabels]] : [];
    });
    const of = (component: string, channel?: string) => ({
      'app.kubernetes.io/name': 'temper',
      'app.kubernetes.io/instance': 'temper',
      'app.kubernetes.io/component': component,
      ...(channel !== undefined && { 'temper.codes/channel': channel }),
    });
    assert.deepEqual(Object.fromEntries(selectors), {
      'temper-agent': of('agent', 'stable'),
      'temper-agent-canary': of('agent', 'canary'),
      'temper-preflight': of('preflight'),
      'temper-control': of('control'),
      'temper-scheduler': of('scheduler'),
    });
  });

  test('what the chart gives the processes is a configuration that they take', async () => {
    const all = await objects(['--values', `${CHART}/ci/full-values.yaml`]);
    const text = (name: string, key: string): string => {
      return (named(all, 'ConfigMap', name) as unknown as { data: Record<string, string> }).data[key] ?? '';
    };
    const environment = { TEMPER_NODE_NAME: 'n' };
    const agent = loadAgentConfig({
      file: { path: 'agent', text: text('temper-agent', 'config.yaml') },
      environment,
      flags: {},
    });
    assert.equal(agent['priorityMapping.critical'], 1_000_000);
    const service = (name: string, key: string) =>
      loadServiceConfig({ file: { path: key, text: text(name, key) }, environment: {}, flags: {} });
    const control = service('temper-control', 'config.yaml');
    assert.equal(control['server.tls.self.secret'], 'temper-control-tls');
    assert.equal(control['webhook.probeNamespace'], 'temper-probe');
    assert.equal(service('temper-scheduler', 'extender.yaml')['server.tls.certFile'], '');
  });

  test('a change that an agent takes up while it runs restarts none; one that it reads at its start does', async () => {
    const agentPod = async (...values: string[]): Promise<string> =>
      JSON.stringify(named(await objects(set(...values)), 'DaemonSet', 'temper-agent')?.spec);
    const before = await agentPod();
    assert.equal(await agentPod('agent.config.limits=refuse', 'webhook.minimumFactor=0.5', 'tiers.mode=named'), before);
    assert.notEqual(await agentPod('agent.config.scheduler.debounceMs=600'), before);
  });

  test('a decimal given by --set, which helm leaves a string, reaches the process as a number', async () => {
    const values = [
      'webhook.enabled=true',
      'webhook.percentage=12.5',
      'webhook.factors.low=.5',
      'webhook.minimumFactor=1.0',
    ];
    const all = await objects(set(...values));
    const { data } = named(all, 'ConfigMap', 'temper-control') as unknown as { data: Record<string, string> };
    const text = data['config.yaml'] ?? '';
    const config = loadServiceConfig({ file: { path: 'config.yaml', text }, environment: {}, flags: {} });
    assert.deepEqual(
      [config['webhook.percentage'], config['webhook.factors.low'], config['webhook.minimumFactor']],
      [12.5, 0.5, 1],
    );
  });

  test('stable and canary never run on the same node', async () => {
    const values = [
      'agent.canary.enabled=true',
      'agent.canary.nodeSelector.temper-canary=true',
      'agent.canary.nodeSelector.zone=a',
    ];
    const all = await objects([...set(...values), '--set-string', 'agent.canary.image.tag=2']);
    const spec = (name: string): Record<string, unknown> => {
      return specOf<{ template: { spec: Record<string, unknown> } }>(all, 'DaemonSet', name).template.spec;
    };
    assert.deepEqual(spec('temper-agent-canary')['nodeSelector'], {
      'kubernetes.io/os': 'linux',
      'temper-canary': 'true',
      zone: 'a',
    });
    const { affinity } = spec('temper-agent') as {
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: unknown } } };
    };
    assert.deepEqual(affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms, [
      { matchExpressions: [{ key: 'temper-canary', operator: 'NotIn', values: ['true'] }] },
      { matchExpressions: [{ key: 'zone', operator: 'NotIn', values: ['a'] }] },
    ]);
    const image = (name: string) => (spec(name)['containers'] as Array<{ image: string }>)[0]?.image;
    assert.equal(image('temper-agent-canary'), 'temper-agent:2');
    assert.equal(image('temper-agent'), 'temper-agent:0.1.0');
  });

  test('to switch the canary on changes its image, and nothing of the agents of other nodes', async () => {
    const nodes = 'agent.canary.nodeSelector.temper-canary=true';
    const off = await objects(set(nodes));
    const on = await objects(set(nodes, 'agent.canary.enabled=true', 'agent.canary.image.tag=v2'));
    const pod = (all: readonly Manifest[], name: string): string => JSON.stringify(specOf(all, 'DaemonSet', name));
    assert.equal(pod(on, 'temper-agent'), pod(off, 'temper-agent'));
    const before = pod(off, 'temper-agent-canary');
    assert.equal(pod(on, 'temper-agent-canary'), before.replaceAll('temper-agent:0.1.0', 'temper-agent:v2'));
    assert.notEqual(pod(on, 'temper-agent-canary'), before);
  });

  test('the second scheduler has the version of the cluster, without what its vendor adds', async () => {
    for (const [version, tag] of [
      ['v1.36.3-gke.100', 'v1.36.3'],
      ['v1.35.1+k3s1', 'v1.35.1'],
    ] as const) {
      const { ok, stdout, stderr } = await helm([
        'template',
        'temper',
        CHART,
        '--kube-version',
        version,
        ...set('scheduler.enabled=true', KUBE_SCHEDULER),
      ]);
      assert.ok(ok, stderr);
      assert.match(stdout, new RegExp(`image: kube-scheduler:${tag.replaceAll('.', '\\.')}\n`));
    }
  });

  const REFUSED: ReadonlyArray<readonly [values: readonly string[], message: RegExp]> = [
    [['agent.enabeld=false'], /additional properties 'enabeld'|enabeld is not allowed/i],
    [['dashboard.enabled=true'], /dashboard/],
    [['webhook.mode=on'], /webhook[\s\S]*mode/],
    [['webhook.factors.low=2'], /factors[\s\S]*low/],
    [['webhook.factors.low=1.5'], /factors[\s\S]*low/],
    [['webhook.minimumFactor=0.0'], /minimumFactor/],
    [['webhook.percentage=100.5'], /percentage/],
    [['agent.canary.enabled=true'], /--set-string agent\.canary\.nodeSelector/],
    [['scheduler.enabled=true'], /scheduler\.image\.repository/],
    [['extender.filter=true'], /extender\.filterAcknowledgement="autoscalers cannot simulate it"/],
    [['tls.mode=existingSecret', 'webhook.enabled=true'], /tls\.existingSecret/],
    [
      ['tls.mode=existingSecret', 'webhook.enabled=true', 'tls.existingSecret=temper-control-tls'],
      /temper-control-tls is a Secret of the chart's own/,
    ],
    [
      ['tls.mode=existingSecret', 'webhook.enabled=true', 'tls.existingSecret=temper-control-cert-ca'],
      /temper-control-cert-ca is a Secret of the chart's own/,
    ],
    [['tiers.thresholds.critical=2000000'], /temper-critical/],
    [['tiers.thresholds.low=-5'], /temper-low/],
    [['tiers.thresholds.normal=200000'], /must fall/],
    [['scheduler.name=default-scheduler'], /default-scheduler/],
  ];
  for (const [values, message] of REFUSED) {
    test(`${values.join()} is refused`, async () => {
      const { ok, stderr } = await render(set(...values));
      assert.ok(!ok);
      assert.match(stderr, message);
    });
  }

  /** Secrets that helm deletes by a hook of that name, which has but those events. */
  const deletedAt = (all: readonly Manifest[], events: string): string[] =>
    all
      .filter(({ kind, metadata }) => kind === 'Secret' && metadata.annotations?.['helm.sh/hook'] === events)
      .map(({ metadata }) => metadata.name)
      .sort();

  test("every Secret that cert-manager fills leaves with the release, an issuer's own does not", async () => {
    for (const values of [[], ['tls.certManager.issuerRef.name=mine']]) {
      const all = await objects(set('tls.mode=cert-manager', 'webhook.enabled=true', ...values));
      const filled = all.flatMap(({ kind, spec }) =>
        kind === 'Certificate' ? [(spec as { secretName: string }).secretName] : [],
      );
      assert.deepEqual(deletedAt(all, 'post-delete'), filled.sort());
      assert.equal(filled.length, values.length === 0 ? 2 : 1);
    }
  });

  const MODES = [
    ['tls.mode=self'],
    ['tls.mode=cert-manager'],
    ['tls.mode=existingSecret', 'tls.existingSecret=mine', 'tls.caBundle=PEM'],
  ] as const;

  test('each Secret of another mode leaves, and no Secret of an owner does', async () => {
    const self = 'temper-control-tls';
    const filled = ['temper-control-cert', 'temper-control-cert-ca'];
    const left = { self: filled, 'cert-manager': [self], existingSecret: [...filled, self] };
    for (const values of MODES) {
      const all = await objects(set('webhook.enabled=true', ...values));
      const mode = values[0].replace('tls.mode=', '') as keyof typeof left;
      assert.deepEqual(deletedAt(all, 'post-upgrade,post-rollback,post-delete'), left[mode], mode);
      const secrets = all.filter(({ kind }) => kind === 'Secret').map(({ metadata }) => metadata.name);
      assert.ok(!secrets.includes('mine'));
    }
  });

  test('where helm sees no change of the mode it makes no configuration for it, and deletes one that was left', async () => {
    for (const values of MODES) {
      const all = await objects(set('webhook.enabled=true', ...values));
      const hooks = all.filter(({ kind }) => kind === 'MutatingWebhookConfiguration');
      const events = hooks.map(({ metadata }) => `${metadata.name} ${metadata.annotations?.['helm.sh/hook'] ?? ''}`);
      const isOwners = values[0] === 'tls.mode=existingSecret';
      assert.deepEqual(events.sort(), [
        'temper-overcommit ',
        // Helm could not write the owner's CA over what somebody else has written meanwhile.
        ...(isOwners ? ['temper-overcommit pre-rollback'] : []),
        'temper-overcommit-handover post-upgrade,post-rollback,pre-delete',
        ...(isOwners ? ['temper-overcommit-handover pre-rollback'] : []),
      ]);
      assert.ok(all.every(({ metadata }) => !/-tls-mode$|-certificate$/.test(metadata.name)));
    }
  });

  test('what needs an operator says so where it is missing', async () => {
    for (const values of [['serviceMonitor.enabled=true'], ['tls.mode=cert-manager', 'webhook.enabled=true']]) {
      const { ok, stderr } = await render(set(...values), []);
      assert.ok(!ok);
      assert.match(stderr, /is missing\): install it/);
    }
  });

  test('a cluster that is too old is refused', async () => {
    const { ok, stderr } = await helm(['template', 'temper', CHART, '--kube-version', '1.32.0']);
    assert.ok(!ok);
    assert.match(stderr, /1\.33/);
  });

  test('rendered again it is the same: nothing to undo for GitOps, and no key that changes', async () => {
    const full = ['--values', `${CHART}/ci/full-values.yaml`];
    assert.equal((await render(full)).stdout, (await render(full)).stdout);
  });

  test('no object has a host port or the host network, and only the agent has the host', async () => {
    const all = await objects(['--values', `${CHART}/ci/full-values.yaml`]);
    for (const one of all) {
      const text = JSON.stringify(one);
      assert.ok(!/hostPort|hostNetwork|hostIPC/.test(text), keyOf(one));
      const isAgent = /^temper-(agent|agent-canary)$/.test(one.metadata.name);
      assert.ok(isAgent || !/"privileged":true|hostPID/.test(text), keyOf(one));
    }
  });
});

describe('kubeconform', { skip: withoutHelm || withoutKubeconform }, () => {
  for (const file of CASES) {
    test(basename(file), async () => {
      const { stdout } = await render(['--values', file]);
      const known = manifestsOf(stdout).filter(
        ({ apiVersion }) => !/cert-manager\.io|monitoring\.coreos\.com/.test(apiVersion),
      );
      const folder = mkdtempSync(join(tmpdir(), 'temper-chart-'));
      try {
        const path = join(folder, 'all.json');
        writeFileSync(path, JSON.stringify({ apiVersion: 'v1', kind: 'List', items: known }));
        const args = [
          '-strict',
          '-summary',
          '-schema-location',
          `${SCHEMAS}/{{ .ResourceKind }}{{ .KindSuffix }}.json`,
          path,
        ];
        const ran = await runFile(KUBECONFORM ?? '', args);
        assert.ok(ran.ok, ran.stdout + ran.stderr);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
