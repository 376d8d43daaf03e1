// What values.yaml, the schema and the processes say of the same thing.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { SETTINGS as AGENT } from '../../agent/config/settings.ts';
import { chartValues, undescribed } from '../../scripts/chart/readme.ts';
import { VALUES } from '../../scripts/chart/values.ts';
import type { SettingTable } from '../../src/config/setting.ts';
import { SETTINGS as SERVICE } from '../../src/service/config/settings.ts';

const text = readFileSync('charts/temper/values.yaml', 'utf8');
const values = load(text) as Record<string, Record<string, unknown>>;

test('the default values are valid', () => {
  assert.deepEqual(VALUES.parse(values), values);
});

test('every value is described', () => {
  const described = new Set(chartValues(text).map(({ path }) => path));
  assert.deepEqual(undescribed(values, described), []);
});

test('what is not known is refused, wherever it stands', () => {
  for (const [key, value] of Object.entries(values)) {
    assert.ok(!VALUES.safeParse({ ...values, [key]: { ...value, typo: 1 } }).success || key === 'commonLabels', key);
  }
  assert.ok(!VALUES.safeParse({ ...values, dashboard: { enabled: true } }).success, 'a part that does not exist');
});

/** Settings below a value, by their dotted names. */
function leaves(value: unknown, path: string): Array<[string, unknown]> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, child]) => leaves(child, path === '' ? key : `${path}.${key}`));
}

test('the defaults of the chart are those of the processes', () => {
  const pairs: Array<[SettingTable, string, unknown]> = [
    [AGENT, '', values['agent']?.['config']],
    [AGENT, 'priorityMapping', values['tiers']?.['thresholds']],
    [AGENT, 'priorityMapping.mode', values['tiers']?.['mode']],
    [AGENT, 'systemNamespaces', values['tiers']?.['systemNamespaces']],
    [AGENT, 'minimumFactor', values['webhook']?.['minimumFactor']],
    [SERVICE, 'server.port', values['service']?.['port']],
    [SERVICE, 'server.drainMs', values['service']?.['drainMs']],
  ];
  const { timeoutSeconds: _, matchConditions: __, annotations: ___, ...webhook } = values['webhook'] ?? {};
  pairs.push([SERVICE, 'webhook', webhook]);
  for (const [table, path, value] of pairs) {
    for (const [name, fallback] of leaves(value, path)) {
      assert.ok(name in table, `${name} is no setting`);
      assert.deepEqual(fallback, table[name]?.default, name);
    }
  }
});

test('every setting of the agent that is not for the chart to know is a value', () => {
  const chartOnly =
    /^(kube|node|server)\.|^(priorityMapping|scheduler\.binary|systemNamespaces|releaseNamespace|minimumFactor)/;
  const offered = new Set(leaves(values['agent']?.['config'], '').map(([name]) => name));
  const missing = Object.keys(AGENT).filter((name) => !chartOnly.test(name) && !offered.has(name));
  assert.deepEqual(missing, []);
});

test('agents are restarted by what they read at their start only', () => {
  const config = readFileSync('charts/temper/templates/_config.tpl', 'utf8');
  const [, body = ''] = /define "temper.agentRestartConfig"([\s\S]*?)\n\{\{- end \}\}/.exec(config) ?? [];
  const offered = leaves(values['agent']?.['config'], '').map(([name]) => name);
  for (const name of offered) {
    const mentioned = new RegExp(`\\b${name.split('.').at(-1)}=`).test(body);
    assert.equal(mentioned, (AGENT as SettingTable)[name]?.restart === true, name);
  }
});
