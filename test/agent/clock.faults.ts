// The wall clock of the real agent jumps, as NTP or an operator makes it: hours, both ways. Nothing that protects the node may
// follow it.
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { decodeTierLoad } from '../../src/model/tier-load.ts';
import { agentNode } from '../support/agent-node.ts';
import { until } from '../support/embedded.ts';

const HOUR_MS = 3_600_000;
/** The least time between two patches for a new generation. */
const DETAIL_MS = 10_000;
const JUMPS = [6 * HOUR_MS, -6 * HOUR_MS, 90_000, -90_000, 24 * HOUR_MS, 0] as const;

test('the wall clock jumps, and enforcement, safe mode and the pace of patches do not', {
  timeout: 480_000,
}, async (t) => {
  const node = await agentNode(t, {
    clockJumps: true,
    binary: 'patched',
    flags: ['--scheduler-hold-ms=600000'],
  });
  await node.addPod('web', 'temper-high');
  await node.enforces();
  await node.status('enforcing');
  const scheduler = node.owner();
  const before = node.gate.patches.length;
  const begun = performance.now();

  for (const off of JUMPS) {
    await node.agent.setClockOff(off);
    // Something to decide anew, by the clock as it is now.
    const { generation } = await node.told();
    await node.addPod(`at-${off}`.replace('--', '-minus-'), 'temper-normal');
    await until('the pod is in force', async () => (await node.told()).generation > generation);
    const { status, scheduler: state } = await node.told();
    assert.deepEqual([status, state?.phase], ['enforcing', 'enforcing'], `off by ${off} ms`);
  }
  assert.equal(node.owner(), scheduler, 'one attach all along');
  assert.equal(node.kernelState(), 'enabled');
  // Each jump makes the time in the annotation wrong, and none may make more than a patch; what the pods change is their own pace.
  const ofPods = Math.floor((performance.now() - begun) / DETAIL_MS);
  const patches = node.gate.patches.length - before;
  assert.ok(patches <= JUMPS.length + ofPods, `${patches} patches`);

  for (const off of [-12 * HOUR_MS, 12 * HOUR_MS]) {
    await node.agent.setClockOff(off);
    const file = join(node.host.paths.run, 'safe-mode');
    writeFileSync(file, '');
    await node.stock();
    await node.status('safe-mode');
    rmSync(file);
    await node.status('enforcing');
  }

  // What a killed scheduler waits for is not of the wall clock either.
  await node.agent.setClockOff(-24 * HOUR_MS);
  node.agent.fault({ panicsAtStart: true });
  process.kill(node.owner(), 'SIGKILL');
  await until('it waits', async () => (await node.told()).scheduler?.phase === 'waiting');
  node.agent.fault({});
  await node.agent.setClockOff(24 * HOUR_MS);
  await until('enforcing again', async () => (await node.told()).status === 'enforcing');
  await until('the load has the time of the clock as it is now', () => {
    const load = decodeTierLoad(node.annotation('tier-load'));
    return load.ok && Math.abs(load.value.at - Date.now() - 24 * HOUR_MS) < 60_000;
  });
});
