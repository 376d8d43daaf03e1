import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isKnownFault } from './known-fault.ts';

test('a breakpoint that nobody has set is the emulator; other faults of the kernel are not', () => {
  assert.ok(isKnownFault('[   21.310512] Oops: int3: 0000 [#1] SMP NOPTI'));
  assert.ok(!isKnownFault('[   21.310512] Oops: general protection fault, maybe for address 0x0: 0000 [#1] SMP NOPTI'));
  assert.ok(!isKnownFault('[   21.310512] Kernel panic - not syncing: Fatal exception in interrupt'));
  assert.ok(!isKnownFault('[   21.310512] sched_ext: layered disabled (runnable task stall)'));
});
