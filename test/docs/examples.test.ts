import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { decodeOverrides } from '../../agent/pods/overrides.ts';
import * as keys from '../../src/model/keys.ts';
import { decodeOriginalRequests } from '../../src/model/original-requests.ts';
import { decodeTierLoad } from '../../src/model/tier-load.ts';
import { loadConfig } from '../../src/service/config/settings.ts';
import { createWatches } from '../../src/service/watches.ts';
import { RUN_PAGES } from '../labs/cluster/cases/docs/index.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { tableAfter } from '../support/markdown-table.ts';
import { policy } from '../support/webhook.ts';
import { blocks, pages } from './pages.ts';

const HOW_TESTED = new Set(['run', 'by .ci/run', 'by lab:cluster', 'needs a cluster']);

test('every block of commands says how it is tested', () => {
  for (const { file, language, test: how, text } of blocks()) {
    if (language === 'sh') assert.ok(HOW_TESTED.has(how), `${file}: ${JSON.stringify(how)} above ${text}`);
  }
});

test('what is said to be run by .ci/run is', () => {
  const script = readFileSync('.ci/run', 'utf8');
  for (const { file, test: how, text } of blocks()) {
    if (how !== 'by .ci/run') continue;
    for (const command of text.trim().split('\n')) assert.ok(script.includes(command), `${file}: ${command}`);
  }
});

test('what is said to be run by lab:cluster is', () => {
  const said = blocks().filter(({ test: how }) => how === 'by lab:cluster');
  assert.deepEqual([...new Set(said.map(({ file }) => file))].sort(), [...RUN_PAGES].sort());
});

test('configuration examples are valid', () => {
  const examples = blocks().filter(({ test: how }) => how === 'configuration');
  assert.ok(examples.length > 0);
  for (const { file, text } of examples) loadConfig({ file: { path: file, text }, environment: {}, flags: {} });
});

test('the examples of annotations can be read', () => {
  const examples = blocks().filter(({ file, language }) => file.endsWith('keys.md') && language === 'json');
  const [original, tierLoad, overrides] = examples.map(({ text }) => text.trim());
  assert.ok(decodeOriginalRequests(original ?? '').ok);
  assert.ok(decodeTierLoad(tierLoad ?? '').ok);
  assert.ok(decodeOverrides(overrides).ok);
});

test('the page of keys has every key of temper, and no other', () => {
  const page = pages().get('docs/reference/keys.md') ?? '';
  const rows = tableAfter(page, '# Labels and annotations').map((row) => row['key']?.replaceAll('`', ''));
  const known = Object.values(keys).filter((key) => key.startsWith('temper.codes/'));
  assert.deepEqual([...new Set(rows)].sort(), known.sort());
});

test('the page of routes has every route, and no other', () => {
  const page = pages().get('docs/reference/http.md') ?? '';
  const listed = [...page.matchAll(/^\| `((?:GET|POST) [^`]+)` \|/gm)].map(([, route]) => route);
  const sources = [...globSync('src/service/**/*.ts'), ...globSync('{webhooks,extender}/*.ts')];
  const routes = sources.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/app\.(get|post)(?:<[^(]*>)?\('([^']+)'/g)].map(
      ([, method = '', path]) => `${method.toUpperCase()} ${path}`,
    ),
  );
  assert.deepEqual(listed.sort(), routes.sort());
});

test('the role grants what is watched, and nothing else', async () => {
  const [role] = blocks().filter(({ file, language }) => file.endsWith('rbac.md') && language === 'yaml');
  const { rules } = load(role?.text ?? '') as {
    rules: Array<{ apiGroups: string[]; resources: string[]; verbs: string[] }>;
  };
  const granted = rules.flatMap(({ apiGroups, resources, verbs }) =>
    resources.map((resource) => `${apiGroups.join()}/${resource} ${verbs.join()}`),
  );
  const asked: string[] = [];
  const clock = new FakeClock();
  const transport = {
    get: (path: string) => {
      const [, group = '', resource = ''] = /^\/(?:api|apis\/([^/]+))\/[^/]+\/([^?]+)/.exec(path) ?? [];
      asked.push(`${group}/${resource} list,watch`);
      return Promise.reject(new Error('not here'));
    },
    close: () => {},
  };
  const observer = { restarted: () => {}, unreadable: () => {}, problem: () => {}, recovered: () => {} };
  const watches = createWatches({ transport, clock, random: () => 0, observer }, policy());
  watches.start({ webhook: true, extender: true });
  await watches.stop();
  assert.deepEqual(granted.sort(), asked.sort());
});

test('the webhook configuration of the how-to is the one that the demo and the end-to-end tests use', () => {
  const [example] = blocks().filter(({ test: how }) => how === 'admission');
  const { webhooks } = load(example?.text ?? '') as { webhooks: Array<Record<string, unknown>> };
  const wiring = readFileSync('demo/wiring.ts', 'utf8');
  for (const field of ['failurePolicy', 'timeoutSeconds', 'reinvocationPolicy']) {
    const value = webhooks[0]?.[field];
    assert.ok(wiring.includes(`${field}: ${typeof value === 'string' ? `'${value}'` : value}`), field);
  }
});

test('the scheduler configuration of the how-to is the one that the demo and the end-to-end tests use', () => {
  const [example] = blocks().filter(({ test: how }) => how === 'scheduler');
  const { extenders } = load(example?.text ?? '') as { extenders: Array<Record<string, unknown>> };
  const [extender] = extenders;
  const wiring = readFileSync('demo/wiring.ts', 'utf8');
  assert.equal(extender?.['nodeCacheCapable'], true);
  assert.ok(wiring.includes(`EXTENDER_WEIGHT = ${extender?.['weight']};`));
  assert.ok(wiring.includes(`httpTimeoutMs: ${String(extender?.['httpTimeout']).replace('ms', '')}`));
  assert.ok(wiring.includes(`ignorable: ${extender?.['ignorable']}`));
});
