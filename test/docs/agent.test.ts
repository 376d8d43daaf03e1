// What the pages say of the agent is held to its code: routes, methods, rights, failures and times.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { loadAll } from 'js-yaml';
import { routesOf } from '../../agent/api/http/routes.ts';
import { podPolicy } from '../../agent/config/policy.ts';
import { loadConfig } from '../../agent/config/settings.ts';
import { createNodePods } from '../../agent/pods/node-pods.ts';
import { createSafeMode } from '../../agent/safemode/create-safe-mode.ts';
import { DEFAULT_POLICY } from '../../agent/scheduler/policy.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { fakeFacade } from '../agent/api/fake-facade.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tableAfter } from '../support/markdown-table.ts';
import { blocks, pages } from './pages.ts';

const page = (path: string): string => pages().get(path) ?? '';
const matches = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map(([, one = '']) => one);

test("the page of routes has the agent's, and no other", () => {
  const listed = tableAfter(page('docs/reference/http.md'), '### HTTP').map((row) => row['route of the agent']);
  const served = [...routesOf({ facade: fakeFacade(), metrics: new Metrics(), readiness: [] }).keys()];
  assert.deepEqual(listed.sort(), served.map((path) => `\`${path}\``).sort());
});

test("the page of routes has the agent's gRPC methods, and no other", () => {
  const listed = tableAfter(page('docs/reference/http.md'), '### gRPC').map((row) => row['method']);
  const served = matches(readFileSync('agent/api/agent.proto', 'utf8'), /^ {2}rpc (\w+)\(/gm);
  assert.deepEqual(
    listed,
    served.map((method) => `\`${method}\``),
  );
});

test('each failure of the matrix is explained, and no other', () => {
  const source = readFileSync('test/agent/scheduler/matrix.test.ts', 'utf8');
  const faults = source.slice(source.indexOf('const FAULTS'), source.indexOf('const PHASES'));
  const names = matches(faults, /^ {2}'?(\w[\w ,-]*?)'?: \{/gm);
  assert.ok(names.length > 10);
  const rows = tableAfter(page('docs/explanation/agent.md'), '## What comes of each failure');
  assert.deepEqual(
    rows.map((row) => row['failure']),
    names,
  );
});

test("the supervisor's times are those of its policy", () => {
  const times = Object.entries(DEFAULT_POLICY).flatMap(([name, value]: [string, number | object]) =>
    typeof value === 'number'
      ? [`\`${name}\` ${value}`]
      : Object.entries(value).map(([inner, one]) => `\`${name}.${inner}\` ${one}`),
  );
  const rows = tableAfter(page('docs/explanation/agent.md'), '## Times');
  assert.deepEqual(
    rows.map((row) => `${row['time']} ${row['value']}`),
    times,
  );
});

test("the agent's roles grant what it watches and writes, and nothing else", async () => {
  const [, roles] = blocks().filter(({ file, language }) => file.endsWith('rbac.md') && language === 'yaml');
  const granted = (loadAll(roles?.text ?? '') as Array<{ rules: Array<Record<string, string[]>> }>)
    .flatMap(({ rules }) => rules)
    .flatMap(({ apiGroups = [], resources = [], verbs = [] }) =>
      verbs.map((verb) => `${apiGroups.join()}/${resources.join()} ${verb}`),
    );
  const asked = new Set<string>();
  const clock = new FakeClock();
  const transport = {
    get: (path: string) => {
      const [, resource = ''] = /^\/api\/v1\/([^?]+)\?/.exec(path) ?? [];
      for (const verb of ['list', 'watch']) asked.add(`/${resource} ${verb}`);
      return Promise.reject(new Error('not here'));
    },
    close: () => {},
  };
  const observer = { restarted: () => {}, unreadable: () => {}, problem: () => {}, recovered: () => {} };
  const kube = { transport, clock, random: () => 0, observer };
  const safeMode = createSafeMode({ ...kube, nodeName: 'n', namespace: 'temper', paths: { run: '/nowhere' } });
  const config = loadConfig({ environment: {}, flags: { 'node-name': 'n' } });
  const pods = createNodePods({ ...kube, nodeName: 'n', policy: podPolicy(config) });
  safeMode.start();
  pods.start();
  await Promise.all([safeMode.stop(), pods.stop()]);
  const written = ['/nodes patch', 'events.k8s.io/events create', 'events.k8s.io/events patch'];
  assert.deepEqual(granted.sort(), [...asked, ...written].sort());
});
