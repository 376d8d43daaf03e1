import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classesText, summarise } from '../../src/cli/commands/class-summary.ts';
import { defaultTierPolicy } from '../../src/cli/commands/priority-classes.ts';
import { PODS, PRIORITY_CLASSES } from '../standin/api/resources.ts';
import { embedded } from '../support/embedded.ts';
import { policy } from '../support/webhook.ts';
import { errorOf, run } from './harness.ts';
import { withKubeconfig } from './kubeconfig.ts';

interface PreCheck {
  readonly refusal: string | null;
  readonly checks: ReadonlyArray<{ readonly id: string; readonly verdict: string; readonly remedy: string | null }>;
  readonly notJudged: readonly string[];
  readonly priorityClasses: ReadonlyArray<Record<string, unknown>> | null;
  readonly priorityClassesProblem?: string;
}

test('without a cluster the machine is still judged, and what is missing is said', async () => {
  const ran = await run(['check', '--pre', '-o', 'json']);
  const found = JSON.parse(ran.stdout) as PreCheck;
  assert.equal(ran.code, 3);
  assert.equal(found.priorityClasses, null);
  assert.match(found.priorityClassesProblem ?? '', /^TMP3001/);
  assert.match(ran.stderr, /^PriorityClasses are not listed: TMP3001.*--kubeconfig/);
  assert.deepEqual(found.notJudged, ['pid-namespace', 'rights', 'scheduler-binary', 'setpriv']);
  for (const { verdict, remedy } of found.checks) assert.equal(remedy === null, verdict === 'pass');
});

test('it says what attaching drops', async () => {
  const ran = await run(['check', '--pre']);
  assert.match(
    ran.stdout.replaceAll('\n', ' '),
    /While the scheduler is attached: CPU limits \(cpu.max\) are not enforced;/,
  );
});

test('a cluster that was asked for by a flag must answer: both what was found and the error are told', async () => {
  const ran = await run(['check', '--pre', '-o', 'json', '--kubeconfig', '/nonexistent/config']);
  assert.equal(ran.code, 1);
  assert.notEqual((JSON.parse(ran.stdout) as PreCheck).refusal, null);
  assert.equal(errorOf(ran).id, 'TMP3001');
});

test('every PriorityClass of the cluster with its tier, its pods and the CPUs they would fence', async () => {
  const cluster = await embedded();
  try {
    const pods = [
      ['a', 'node-1', '1500m'],
      ['b', 'node-1', '1500m'],
      ['c', 'node-2', '500m'],
    ] as const;
    for (const [name, nodeName, cpu] of pods) {
      const containers = [{ name: 'app', image: 'app', resources: { requests: { cpu } } }];
      const spec = { nodeName, priorityClassName: 'temper-critical', containers };
      await cluster.api.create(PODS, { namespace: 'shop', body: { metadata: { name }, spec } });
    }
    const classes = async (...flags: string[]): Promise<unknown[]> =>
      await withKubeconfig(cluster.url, async (kubeconfig) => {
        const ran = await run(['check', '--pre', '-o', 'json', '--kubeconfig', kubeconfig, ...flags]);
        const found = JSON.parse(ran.stdout) as PreCheck;
        return (found.priorityClasses ?? []).map((found) => [
          found['name'],
          found['tier'],
          found['tierInSystemNamespaces'],
          found['pods'],
          found['requestMilli'],
          found['fencedCpus'],
        ]);
      });
    // 3 cores on one node and half of one on the other: 4 and 2 CPUs in whole cores of two threads.
    assert.deepEqual(await classes(), [
      ['system-node-critical', 'high', 'system', 0, 0, 0],
      ['system-cluster-critical', 'high', 'system', 0, 0, 0],
      ['temper-critical', 'critical', null, 3, 3500, 6],
      ['temper-high', 'high', null, 0, 0, 0],
      ['temper-normal', 'normal', null, 0, 0, 0],
      ['temper-low', 'low', null, 0, 0, 0],
      ['temper-background', 'background', null, 0, 0, 0],
    ]);
    const [, , critical] = (await classes('--threads-per-core', '1')) as unknown[][];
    assert.equal(critical?.[5], 4);
  } finally {
    await cluster.close();
  }
});

test('tiers are told by the thresholds that everything else has by default', () => {
  assert.deepEqual(defaultTierPolicy('temper'), policy().tierPolicy);
});

test('a class goes by its value, whatever it is called', () => {
  const odd = { name: 'odd', value: 100_000, isGlobalDefault: false };
  const [found] = summarise([odd], [], policy().tierPolicy, 1).classes;
  assert.deepEqual([found?.tier, found?.tierInSystemNamespaces], ['high', null]);
});

test('only Critical pods on a node fence CPUs; all pods count', () => {
  const pod = { namespace: 'shop', className: 'temper-critical', requestMilli: 1_000 } as const;
  const pods = [
    { ...pod, tier: 'critical', node: 'node-1' },
    { ...pod, tier: 'critical', node: '' },
    { ...pod, tier: 'high', node: 'node-1' },
    { ...pod, tier: 'critical', node: 'node-1', className: 'other', requestMilli: 500 },
    { ...pod, tier: 'normal', node: 'node-1', className: '' },
  ] as const;
  const critical = { name: 'temper-critical', value: 1_000_000, isGlobalDefault: false };
  const { classes, withoutClass, fencedCpus } = summarise([critical], pods, policy().tierPolicy, 2);
  const [found] = classes;
  assert.deepEqual([found?.pods, found?.requestMilli, found?.fencedCpus], [3, 3_000, 2]);
  assert.deepEqual(withoutClass, { pods: 1, requestMilli: 1_000 });
  assert.equal(fencedCpus, 2, 'classes share whole cores');
});

test('namespaces are named whose pods are High by a class of the cluster itself', () => {
  const system = { name: 'system-node-critical', value: 2_000_001_000, isGlobalDefault: false };
  const own = { name: 'own', value: 100_000, isGlobalDefault: false };
  const pod = { className: system.name, requestMilli: 1, node: 'node-1' } as const;
  const pods = [
    { ...pod, namespace: 'network', tier: 'high' },
    { ...pod, namespace: 'network', tier: 'high' },
    { ...pod, namespace: 'kube-system', tier: 'system' },
    { ...pod, namespace: 'shop', tier: 'high', className: own.name },
  ] as const;
  const found = summarise([system, own], pods, policy().tierPolicy, 1);
  assert.deepEqual(found.namespacesMadeHigh, ['network']);
  assert.match(classesText(found, 1, 1_000), /^Pods of these classes in network are high, so their nodes enforce\./m);
  const none = summarise([system, own], pods.slice(2), policy().tierPolicy, 1);
  assert.doesNotMatch(classesText(none, 1, 1_000), /are high/);
});

test('on a terminal of 80 columns every line fits, whatever classes there are; in a pipe nothing is broken', async () => {
  const cluster = await embedded();
  try {
    const classes: ReadonlyArray<readonly [name: string, value: number]> = [
      ['payments-latency-critical-production-tier-1.example.org', 1_000_000_000],
      ['least', -2_147_483_648],
      ['everybody', -1],
    ];
    for (const [name, value] of classes) {
      const body = { metadata: { name }, value, globalDefault: name === 'everybody' };
      await cluster.api.create(PRIORITY_CLASSES, { body });
    }
    await withKubeconfig(cluster.url, async (kubeconfig) => {
      const args = ['check', '--pre', '--kubeconfig', kubeconfig];
      const terminal = { stdoutIsTerminal: true, env: { NO_COLOR: '1' } };
      const [shown, piped] = [await run(args, terminal), await run(args)];
      assert.deepEqual([shown.code, piped.code], [3, 3]);
      for (const line of shown.stdout.split('\n')) assert.ok(line.length <= 80, line);
      assert.match(shown.stdout, /^system-node-critical +2000001000 +high \* +0 +0 +0$/m);
      assert.match(shown.stdout, /^\* system in the namespaces kube-system, temper$/m);
      assert.match(shown.stdout, /^everybody \(default\) +-1 +low +0/m);
      assert.match(shown.stdout, /^least +-2147483648 +background +0/m);
      assert.match(piped.stdout, /^payments-latency-critical-production-tier-1\.example\.org +1000000000 +critical/m);
      assert.match(piped.stdout, /^sched-ext +fail +\S.*sched_ext/m);
    });
  } finally {
    await cluster.close();
  }
});
