// Each alert, as Prometheus evaluates it: when it fires, with which labels and words, and what it is silent about.
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { CHART, PROMTOOL, runFile, withoutPromtool } from './helm.ts';

type Labels = Readonly<Record<string, string>>;
type Series = Readonly<Record<string, string>>;

interface Wanted {
  /** Series and their values from minute to minute, in promtool's notation. */
  readonly fires: Series;
  /** What comes near and must not. */
  readonly silent: Series;
  /** Minutes after which it fires; one before it does not. */
  readonly after: number;
  /** Besides its severity. */
  readonly labels: Labels;
  readonly summary: string;
}

const DAY = 86_400;

const WANTED: Readonly<Record<string, Wanted>> = {
  TemperAgentDown: {
    fires: { 'up{temper="agent",node="a"}': '0x30' },
    silent: {
      'up{temper="agent",node="b"}': '1x30',
      'up{node="c"}': '0x30',
      'up{temper="agent",node="d"}': '0x8 1x20',
    },
    after: 10,
    labels: { temper: 'agent', node: 'a' },
    summary: 'The agent on a does not answer.',
  },
  TemperNodeDegraded: {
    fires: { 'temper_agent_status{status="degraded",node="a"}': '1x30' },
    silent: {
      'temper_agent_status{status="enforcing",node="b"}': '1x30',
      'temper_agent_status{status="degraded",node="b"}': '0x30',
    },
    after: 10,
    labels: { status: 'degraded', node: 'a' },
    summary: 'temper is degraded on a.',
  },
  TemperNodeUnsupported: {
    fires: { 'temper_agent_status{status="unsupported",node="a"}': '1x90' },
    silent: { 'temper_agent_status{status="unsupported",node="b"}': '0x90' },
    after: 60,
    labels: { status: 'unsupported', node: 'a' },
    summary: 'temper cannot enforce on a.',
  },
  TemperSafeMode: {
    fires: { 'temper_safe_mode{node="a"}': '1x30' },
    silent: { 'temper_safe_mode{node="b"}': '0x30' },
    after: 5,
    labels: { node: 'a' },
    summary: 'a is in safe mode.',
  },
  TemperSchedulerEnds: {
    fires: { 'temper_scheduler_exits_total{class="killed",node="a"}': '0x10 1 2 3x30' },
    silent: {
      'temper_scheduler_exits_total{class="killed",node="b"}': '0x10 1 2x30',
      // Safe mode, hand-overs, nothing to protect any more.
      'temper_scheduler_exits_total{class="asked",node="b"}': '0x10 1 2 3x30',
    },
    after: 13,
    labels: { node: 'a' },
    summary: 'The scheduler on a ended 3 times within half an hour.',
  },
  TemperOnStock: {
    fires: { 'temper_stock_gap_seconds_sum{node="a"}': '0x60 360x60' },
    silent: { 'temper_stock_gap_seconds_sum{node="b"}': '0x60 290x60' },
    after: 61,
    labels: { node: 'a' },
    summary: 'a was without temper for 6m 0s of the last hour.',
  },
  TemperConfigChurn: {
    fires: { 'temper_config_generation{node="a"}': '0x15 400x30' },
    silent: { 'temper_config_generation{node="b"}': '0x15 250x30' },
    after: 16,
    labels: { node: 'a' },
    summary: 'The layers of a change all the time.',
  },
  TemperAgentCannotWrite: {
    fires: { 'temper_agent_patches_total{outcome="forbidden",node="a"}': '0x30 7x30' },
    silent: {
      'temper_agent_patches_total{outcome="ok",node="b"}': '0+9x60',
      'temper_agent_patches_total{outcome="conflict",node="b"}': '0+9x60',
    },
    after: 31,
    labels: { node: 'a' },
    summary: "The agent on a cannot write its Node's annotations.",
  },
  TemperServiceNotReady: {
    fires: { 'temper_service_ready{pod="p"}': '0x30' },
    silent: { 'temper_service_ready{pod="q"}': '1x30' },
    after: 5,
    labels: { pod: 'p' },
    summary: 'p is not ready.',
  },
  TemperCertificateExpires: {
    fires: { 'temper_service_certificate_expiry_timestamp_seconds{pod="p"}': `${3 * DAY}x90` },
    silent: { 'temper_service_certificate_expiry_timestamp_seconds{pod="q"}': `${8 * DAY}x90` },
    after: 60,
    labels: { pod: 'p' },
    summary: 'The certificate of p expires in 2d 23h 0m 0s.',
  },
  TemperWebhookFails: {
    fires: { 'temper_webhook_reviews_total{reason="internal-error",outcome="skipped",pod="p"}': '0x15 9x30' },
    silent: { 'temper_webhook_reviews_total{reason="tier-critical",outcome="skipped",pod="p"}': '0+9x60' },
    after: 21,
    labels: { pod: 'p', reason: 'internal-error' },
    summary: 'p leaves pods unscaled: internal-error.',
  },
  TemperExtenderNotHeard: {
    fires: {
      'temper_extender_agreement_ratio{pod="p"}': '0.1x90',
      'temper_extender_agreement_by_chance_ratio{pod="p"}': '0.1x90',
      'temper_extender_bound_pods_total{asked="yes",pod="p"}': '50x90',
    },
    silent: {
      'temper_extender_agreement_ratio{pod="q"}': '0.6x90',
      'temper_extender_agreement_by_chance_ratio{pod="q"}': '0.1x90',
      'temper_extender_bound_pods_total{asked="yes",pod="q"}': '500x90',
      // A handful of pods is no evidence.
      'temper_extender_agreement_ratio{pod="r"}': '0x90',
      'temper_extender_agreement_by_chance_ratio{pod="r"}': '0.1x90',
      'temper_extender_bound_pods_total{asked="yes",pod="r"}': '3x90',
    },
    after: 60,
    labels: { pod: 'p' },
    summary: 'The scheduler does not follow the scores of p.',
  },
  TemperNodesStale: {
    fires: { 'temper_extender_nodes{freshness="stale",namespace="n",pod="p"}': '4x60' },
    silent: { 'temper_extender_nodes{freshness="stale",namespace="m",pod="q"}': '0x60' },
    after: 30,
    labels: { namespace: 'n' },
    summary: '4 nodes are known from old reports only.',
  },
  TemperWatchSilent: {
    fires: { 'temper_watch_last_event_age_seconds{resource="nodes",pod="p"}': '901x30' },
    silent: { 'temper_watch_last_event_age_seconds{resource="nodes",pod="q"}': '899x30' },
    after: 5,
    labels: { resource: 'nodes', pod: 'p' },
    summary: 'p has heard nothing of nodes for 15m 1s.',
  },
};

interface Rule {
  readonly alert: string;
  readonly labels: Labels;
  readonly annotations: { readonly summary: string; readonly description: string };
}

const file = `${CHART}/alerts.yaml`;
const { groups } = load(readFileSync(file, 'utf8')) as { groups: ReadonlyArray<{ rules: readonly Rule[] }> };
const RULES = groups.flatMap(({ rules }) => rules);

test('each alert is tried', () => {
  assert.deepEqual(
    Object.keys(WANTED),
    RULES.map(({ alert }) => alert),
  );
});

/** In the words of `promtool test rules`. */
function unitTest({ alert, labels, annotations }: Rule): object {
  const wanted = WANTED[alert] as Wanted;
  const series = { ...wanted.fires, ...wanted.silent };
  const description = annotations.description.replaceAll(
    /\{\{ \$labels\.(\w+) \}\}/g,
    (_, name: string) => wanted.labels[name] ?? '',
  );
  const fired = {
    exp_labels: { ...labels, ...wanted.labels },
    exp_annotations: { summary: wanted.summary, description },
  };
  return {
    name: alert,
    interval: '1m',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    alert_rule_test: [
      { eval_time: `${wanted.after - 1}m`, alertname: alert, exp_alerts: [] },
      { eval_time: `${wanted.after}m`, alertname: alert, exp_alerts: [fired] },
    ],
  };
}

for (const rule of RULES) {
  test(`${rule.alert} fires in time, and for nothing else`, { skip: withoutPromtool }, async () => {
    const folder = mkdtempSync(join(tmpdir(), 'temper-alerts-'));
    try {
      const tests = { rule_files: [resolve(file)], evaluation_interval: '1m', tests: [unitTest(rule)] };
      writeFileSync(join(folder, 'tests.yaml'), JSON.stringify(tests));
      const { ok, stdout, stderr } = await runFile(PROMTOOL ?? '', ['test', 'rules', join(folder, 'tests.yaml')]);
      assert.ok(ok, stdout + stderr);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
}
