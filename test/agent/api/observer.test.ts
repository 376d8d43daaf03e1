import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createApiObserver } from '../../../agent/api/observer.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';

test('calls and refusals are counted; what changes something is logged, a fault without its message', async () => {
  const metrics = new Metrics();
  const lines: string[] = [];
  const observer = createApiObserver(metrics, createLogger('agent', 'info', { write: (line) => lines.push(line) }));
  observer.called('GetStatus', 'ok');
  observer.called('SetSafeMode', 'ok');
  observer.called('SetQos', 'TMP3204');
  observer.refused('TMP2006');
  observer.failed(new Error('token=abc'));
  const text = await metrics.registry.metrics();
  assert.match(text, /^temper_agent_calls_total\{method="GetStatus",outcome="ok"\} 1$/m);
  assert.match(text, /^temper_agent_calls_total\{method="SetQos",outcome="TMP3204"\} 1$/m);
  assert.match(text, /^temper_agent_refused_requests_total\{error="TMP2006"\} 1$/m);
  const logged = lines.map((line) => JSON.parse(line) as Record<string, unknown>);
  assert.deepEqual(
    logged.map(({ level, method, outcome }) => [level, method, outcome]),
    [
      ['info', 'SetSafeMode', 'ok'],
      ['info', 'SetQos', 'TMP3204'],
      ['error', undefined, undefined],
    ],
  );
  assert.match(String(logged[2]?.['stack']), /observer\.test\.ts/);
  assert.doesNotMatch(lines.join(''), /token/);
});
