import assert from 'node:assert/strict';
import { test } from 'node:test';
import { exportPublished } from '../../../agent/publish/metrics.ts';
import { eventObserver, publishObserver } from '../../../agent/publish/observe.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';
import { loadOf } from './support.ts';

async function lines(metrics: Metrics, name: string): Promise<string[]> {
  return (await metrics.registry.metrics())
    .split('\n')
    .filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));
}

test('the metrics tell what the annotations tell', async () => {
  const metrics = new Metrics();
  exportPublished(metrics, () => ({
    status: { word: 'safe-mode', reason: 'asked' },
    safeMode: { sources: ['host-file'], reason: 'asked' },
    generation: 7,
    load: loadOf(3),
  }));
  const set = (await lines(metrics, 'temper_agent_status')).filter((line) => line.endsWith(' 1'));
  assert.deepEqual(set, ['temper_agent_status{status="safe-mode"} 1']);
  assert.deepEqual(await lines(metrics, 'temper_safe_mode'), ['temper_safe_mode 1']);
  assert.ok(
    (await lines(metrics, 'temper_safe_mode_source')).includes('temper_safe_mode_source{source="host-file"} 1'),
  );
  assert.deepEqual(await lines(metrics, 'temper_config_generation'), ['temper_config_generation 7']);
  assert.ok((await lines(metrics, 'temper_tier_pods')).includes('temper_tier_pods{tier="normal"} 3'));
  const requests = await lines(metrics, 'temper_tier_cpu_request_cores');
  assert.ok(requests.includes('temper_tier_cpu_request_cores{tier="normal"} 0.3'));
  assert.equal(requests.length, 6);
});

test('what cannot be told is absent, not zero', async () => {
  const metrics = new Metrics();
  exportPublished(metrics, () => ({
    status: { word: 'starting', reason: null },
    safeMode: { sources: [], reason: null },
    generation: 0,
    load: null,
  }));
  assert.deepEqual(await lines(metrics, 'temper_tier_pods'), []);
});

test('patches and events are counted, and a refusal is logged when it begins', async () => {
  const metrics = new Metrics();
  const log: string[] = [];
  const logger = createLogger('agent', 'info', { write: (line) => log.push(line) });
  const patches = publishObserver(metrics, logger);
  patches.patched('ok', 'first', '');
  patches.patched('unavailable', 'load', '503');
  assert.deepEqual(await lines(metrics, 'temper_agent_patches_total'), [
    'temper_agent_patches_total{outcome="ok"} 1',
    'temper_agent_patches_total{outcome="unavailable"} 1',
  ]);
  const events = eventObserver(metrics, logger);
  for (const outcome of ['ok', 'forbidden', 'forbidden', 'ok', 'forbidden'] as const) events(outcome, '403');
  assert.deepEqual(
    log.map((line) => JSON.parse(line).error),
    ['TMP3154', 'TMP3154'],
  );
});
