import assert from 'node:assert/strict';
import { test } from 'node:test';
import { errorOfExit } from '../../../agent/scheduler/errors.ts';
import { telemetryObserver } from '../../../agent/scheduler/observer.ts';
import { EXIT_CLASSES } from '../../../agent/scheduler/scheduler.ts';
import { ERRORS } from '../../../src/model/errors.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { Metrics } from '../../../src/telemetry/metrics.ts';
import { prefixConfig } from './support.ts';

test('every end is counted and has an error that users can look up, or is as wanted', async () => {
  const metrics = new Metrics();
  const lines: string[] = [];
  const observer = telemetryObserver(
    metrics,
    createLogger('agent', 'info', { write: (line) => void lines.push(line) }),
  );
  for (const exitClass of EXIT_CLASSES) observer.exited({ class: exitClass, detail: 'd', at: 0 });
  observer.updated('live', 'pods', 0.02);
  observer.gap(1.5);
  observer.live({ type: 'repaired', members: 3, layers: 1 });
  observer.live({ type: 'abilities', takesNumbers: true });
  const base = {
    since: 0,
    name: null,
    generation: 3,
    lastExit: null,
    usesLastKnownGood: false,
    incomplete: null,
    retryAt: null,
    foreign: null,
    unproven: null,
  };
  observer.changed({ ...base, phase: 'enforcing', reason: 'r', config: prefixConfig() });
  const text = await metrics.registry.metrics();
  for (const exitClass of EXIT_CLASSES)
    assert.ok(text.includes(`temper_scheduler_exits_total{class="${exitClass}"} 1`));
  assert.ok(text.includes('temper_scheduler_updates_total{kind="live",cause="pods"} 1'));
  assert.ok(text.includes('temper_stock_gap_seconds_sum 1.5'));
  assert.ok(text.includes('temper_scheduler_repairs_total{what="members"} 3'));
  assert.ok(text.includes('temper_scheduler_attached 1'));
  observer.changed({ ...base, phase: 'latched', reason: '5 failures', config: null });
  assert.ok((await metrics.registry.metrics()).includes('temper_scheduler_attached 0'));
  assert.match(lines.at(-1) ?? '', /TMP3126/);
  const ids = EXIT_CLASSES.map((one) => errorOfExit({ class: one })).filter((id) => id !== null);
  assert.equal(EXIT_CLASSES.length - ids.length, 2, 'only what was asked for and hotplug are no errors');
  for (const id of ids) assert.ok(id in ERRORS);
  observer.exited({ class: 'killed', detail: 'd', at: 0, isStandby: true });
  assert.match(lines.at(-1) ?? '', /TMP3535/);
  observer.changed({ ...base, phase: 'stopping', reason: 'no room to hand over: 3 MiB', config: null });
  assert.match(lines.at(-1) ?? '', /TMP3536/);
  const short = { ...base, phase: 'enforcing', reason: 'r', config: prefixConfig(), incomplete: 'table-full' } as const;
  observer.changed(short);
  observer.changed({ ...short, generation: 4 });
  assert.equal(lines.filter((line) => line.includes('TMP3537')).length, 1, 'said once');
});
