// Alerts and dashboards ask for metrics that are exported, by labels that they have.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { METRICS, type MetricEntry } from '../../src/telemetry/metrics-table.ts';

const exported: Readonly<Record<string, MetricEntry>> = METRICS;

/** What a scrape adds: the operator's own, and what the chart's monitors put there. */
const OF_THE_SCRAPE = new Set(['namespace', 'pod', 'node', 'job', 'instance', 'temper', 'le']);

interface Rules {
  groups: Array<{
    rules: Array<{ alert: string; expr: string; labels: Record<string, string>; annotations: Record<string, string> }>;
  }>;
}

const rules = (load(readFileSync('charts/temper/alerts.yaml', 'utf8')) as Rules).groups.flatMap((group) => group.rules);

function queriesOf(file: string): Array<[where: string, expr: string, shown: string]> {
  const { panels } = JSON.parse(readFileSync(file, 'utf8')) as {
    panels: Array<{ title: string; targets: Array<{ expr: string; legendFormat: string }> }>;
  };
  return panels.flatMap(({ title, targets }) =>
    targets.map(({ expr, legendFormat }): [string, string, string] => [`${file}: ${title}`, expr, legendFormat]),
  );
}

const dashboards = globSync('charts/temper/dashboards/*.json');
const queries = dashboards.flatMap(queriesOf);
for (const { alert, expr, annotations } of rules) queries.push([alert, expr, Object.values(annotations).join(' ')]);

/** The metric of a series, where it is one of ours. */
function metricOf(series: string): MetricEntry | undefined {
  const plain = series.replace(/_(bucket|sum|count)$/, '');
  return exported[series] ?? (exported[plain]?.type === 'histogram' ? exported[plain] : undefined);
}

test('there are alerts and dashboards', () => {
  assert.ok(rules.length >= 10);
  assert.equal(dashboards.length, 2);
});

for (const [where, expr, shown] of queries) {
  test(`${where}: ${expr}`, () => {
    const series = [...expr.matchAll(/\btemper_[a-z_]+/g)].map(([name]) => name);
    assert.ok(series.length > 0 || expr.startsWith('up{'), 'no metric of temper');
    const labels = new Set(OF_THE_SCRAPE);
    for (const name of series) {
      const metric = metricOf(name);
      assert.ok(metric !== undefined, `${name} is not exported`);
      for (const label of metric.labels ?? []) labels.add(label);
    }
    const grouped = [...expr.matchAll(/\b(?:by|without) \(([^)]*)\)/g)].flatMap(([, list = '']) => list.split(/,\s*/));
    const selected = [...expr.matchAll(/([a-z_]+)(?:=~|!~|!=|=)"/g)].map(([, label = '']) => label);
    const named = [...shown.matchAll(/\{\{ ?(?:\$labels\.)?([a-z]+) ?\}\}/g)].map(([, label = '']) => label);
    for (const label of [...grouped, ...selected, ...named]) assert.ok(labels.has(label), `label ${label}`);
  });
}

test('every alert says how bad it is, what it is and what to do', () => {
  for (const { alert, labels, annotations } of rules) {
    assert.match(labels['severity'] ?? '', /^(info|warning|critical)$/, alert);
    assert.ok((annotations['summary'] ?? '').length > 10 && (annotations['description'] ?? '').length > 10, alert);
  }
});
