// What the chart says agrees with what the code takes and the documentation tells. Needs helm.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, test } from 'node:test';
import { loadAll } from 'js-yaml';
import { AGENT_LABELS } from '../../src/cli/connect/find-agent.ts';
import { createProgram } from '../../src/cli/program.ts';
import { AGENT_ANNOTATIONS } from '../../src/model/agent-annotations.ts';
import { PROTECTED_TIERS } from '../../src/model/keys.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { CHART, type Manifest, named, objects, set, specOf, withoutHelm } from './helm.ts';

const FULL = ['--values', `${CHART}/ci/full-values.yaml`];

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}

/** One line for each resource, however the rules put them together. */
const granted = (rules: readonly Rule[]): string[] =>
  rules
    .flatMap(({ apiGroups, resources, verbs, resourceNames = [] }) =>
      resources.map((resource) => `${apiGroups.join()}/${resource} ${resourceNames.join()} ${verbs.toSorted().join()}`),
    )
    .sort();

const rulesOf = (all: readonly Manifest[], kind: string, name: string): string[] =>
  granted((named(all, kind, name)?.['rules'] ?? []) as Rule[]);

/** The roles that docs/reference/rbac.md shows. */
function documented(name: string): string[] {
  const page = readFileSync('docs/reference/rbac.md', 'utf8');
  const blocks = [...page.matchAll(/```yaml\n([\s\S]*?)```/g)].flatMap(([, text = '']) => loadAll(text) as Manifest[]);
  const found = blocks.find(({ metadata }) => metadata.name === name);
  assert.ok(found !== undefined, name);
  return granted(found['rules'] as Rule[]);
}

function parses(args: readonly string[]): boolean {
  const nowhere = { write: () => {}, isTerminal: false };
  const io = { program: 'temper-cli', env: {}, stdout: nowhere, stderr: nowhere, root: '/', clock: new FakeClock() };
  let isChosen = false;
  const program = createProgram('temper-cli', { ...io, signal: new AbortController().signal }, () => {
    isChosen = true;
  });
  program.parse([...args], { from: 'user' });
  return isChosen;
}

/** Arguments of every container of temper-cli in an object. */
function commandsOf(value: unknown): string[][] {
  if (Array.isArray(value)) return value.flatMap(commandsOf);
  if (typeof value !== 'object' || value === null) return [];
  const { image, args, command } = value as { image?: string; args?: string[]; command?: string[] };
  if (typeof image === 'string' && /\/temper-cli:/.test(image)) return [args ?? []];
  if (Array.isArray(command) && command[0] === 'temper-cli') return [command.slice(1)];
  return Object.values(value).flatMap(commandsOf);
}

describe('the chart and the code', { skip: withoutHelm }, () => {
  test('rights are those of the documentation', async () => {
    const values = ['webhook.enabled=true', 'extender.enabled=true', 'tls.mode=existingSecret', 'tls.existingSecret=a'];
    const all = await objects(set(...values));
    assert.deepEqual(rulesOf(all, 'ClusterRole', 'temper-control'), documented('temper-control'));
    assert.deepEqual(rulesOf(all, 'ClusterRole', 'temper-agent'), documented('temper-agent'));
    assert.deepEqual(rulesOf(all, 'Role', 'temper-agent-events'), documented('temper-agent-events'));
    assert.equal(named(all, 'Role', 'temper-control-tls'), undefined);
  });

  test('with a certificate of its own the service may write three objects, and no other', async () => {
    const all = await objects(set('webhook.enabled=true'));
    assert.deepEqual(rulesOf(all, 'Role', 'temper-control-tls'), ['/secrets temper-control-tls get,patch']);
    const writes = rulesOf(all, 'ClusterRole', 'temper-control').filter((line) => !line.endsWith(' list,watch'));
    assert.deepEqual(writes, [
      'admissionregistration.k8s.io/mutatingwebhookconfigurations temper-overcommit,temper-overcommit-handover get,patch',
    ]);
  });

  test('nobody may do everything, and only hooks that are over may write what is not their own', async () => {
    for (const { kind, metadata, ...rest } of await objects(FULL)) {
      if (kind !== 'ClusterRole') continue;
      const isHook = metadata.annotations?.['helm.sh/hook'] !== undefined;
      for (const rule of rest['rules'] as Rule[]) {
        assert.ok(![...rule.apiGroups, ...rule.resources, ...rule.verbs].includes('*'), metadata.name);
        const writes = rule.verbs.some((verb) => !/^(get|list|watch)$/.test(verb));
        const isAgents = metadata.name === 'temper-agent' && rule.resources.join() === 'nodes';
        assert.ok(
          !writes || isHook || isAgents || rule.resourceNames !== undefined,
          `${metadata.name}: ${rule.resources}`,
        );
      }
    }
  });

  test('what helm runs are command lines that temper-cli takes', async () => {
    const commands = (await objects(FULL)).flatMap(commandsOf);
    assert.deepEqual([...new Set(commands.map((args) => args.slice(0, 2).join(' ')))].sort(), [
      'chart admission',
      'chart clean-nodes',
      'chart leave',
      'chart ready',
      'check --pre',
    ]);
    for (const args of commands) assert.ok(parses(args), args.join(' '));
  });

  test('the agents may write the annotations that they write, and temper-cli finds them', async () => {
    const all = await objects(FULL);
    type Policy = { variables: Array<{ name: string; expression: string }> };
    const { variables } = specOf<Policy>(all, 'ValidatingAdmissionPolicy', 'temper-agent-node');
    const owned = variables.find(({ name }) => name === 'owned')?.expression ?? '';
    assert.deepEqual([...owned.matchAll(/'([^']+)'/g)].map(([, key]) => key).sort(), [...AGENT_ANNOTATIONS].sort());
    for (const name of ['temper-agent', 'temper-agent-canary']) {
      const { template } = specOf<{ template: { metadata: { labels: object } } }>(all, 'DaemonSet', name);
      assert.partialDeepStrictEqual(template.metadata.labels, AGENT_LABELS);
    }
    assert.ok(JSON.stringify(named(all, 'ValidatingAdmissionPolicy', 'temper-tier-guard')).includes(PROTECTED_TIERS));
  });

  test('a role is there for each account, and an account for each pod', async () => {
    const all = await objects(FULL);
    const accounts = new Set(all.filter(({ kind }) => kind === 'ServiceAccount').map(({ metadata }) => metadata.name));
    const used = [...JSON.stringify(all).matchAll(/"serviceAccountName":"([^"]+)"/g)].map(([, name = '']) => name);
    for (const name of used) assert.ok(accounts.has(name), name);
    for (const { kind, metadata, ...rest } of all.filter((one) => /RoleBinding$/.test(one.kind))) {
      const { roleRef, subjects } = rest as unknown as {
        roleRef: { kind: string; name: string };
        subjects: Array<{ name: string }>;
      };
      for (const subject of subjects) assert.ok(accounts.has(subject.name), `${kind} ${metadata.name}`);
      const isOurs = named(all, roleRef.kind, roleRef.name) !== undefined;
      assert.ok(isOurs || /^system:|^extension-apiserver/.test(roleRef.name), `${kind} ${metadata.name}`);
    }
  });
});
