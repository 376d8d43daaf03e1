import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shortForTwo } from '../../../agent/gate/checks/memory.ts';
import type { MemoryLimit } from '../../../agent/gate/facts.ts';

const MIB = 1024n * 1024n;
const meminfo = (mib: number) => ({ kind: 'text', text: `MemTotal: 1 kB\nMemAvailable: ${mib * 1024} kB` }) as const;
const limit = (mib: bigint | null): MemoryLimit => ({
  known: true,
  bytes: mib === null ? null : mib * MIB,
  cgroup: '/pod',
});

test('a second scheduler needs its own memory on the node, and a limit that counts both', () => {
  assert.equal(shortForTwo(meminfo(256), limit(null)), null);
  assert.equal(shortForTwo(meminfo(256), limit(512n)), null);
  assert.match(shortForTwo(meminfo(255), limit(null)) ?? '', /^255 MiB of memory are available/);
  assert.match(shortForTwo(meminfo(9_000), limit(511n)) ?? '', /cgroup \/pod is 511 MiB; two schedulers take 512/);
});

test('what cannot be told is no room: a kill for want of memory may hit the one that enforces', () => {
  assert.match(shortForTwo({ kind: 'absent' }, limit(null)) ?? '', /cannot be told/);
  assert.match(shortForTwo({ kind: 'text', text: 'MemFree: 9 kB' }, limit(null)) ?? '', /cannot be told/);
  assert.match(shortForTwo(meminfo(9_000), { known: false, why: 'the reason' }) ?? '', /not known: the reason/);
});
