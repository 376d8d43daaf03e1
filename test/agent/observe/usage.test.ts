import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostPaths } from '../../../agent/host/paths.ts';
import { parsePressure, readPressure } from '../../../agent/observe/pressure.ts';
import { parseRunnable, readRunnable } from '../../../agent/observe/runnable.ts';
import { parseUsage, sampleUsage, usedMilli } from '../../../agent/observe/usage.ts';

const CPU_STAT = 'usage_usec 1500000\nuser_usec 900000\nsystem_usec 600000\nnr_periods 0\n';
const PRESSURE =
  'some avg10=12.50 avg60=3.01 avg300=0.80 total=123456\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n';

test('the forms that the kernel writes, and nothing else', () => {
  assert.equal(parseUsage(CPU_STAT), 1_500_000);
  for (const text of ['', 'usage_usec', 'usage_usec -1', 'usage_usec 99999999999999999999', 'nice usage_usec 5']) {
    assert.equal(parseUsage(text), null, text);
  }
  assert.equal(parsePressure(PRESSURE), 12.5);
  for (const text of ['', 'full avg10=1.00', 'some avg10=101.0', 'some avg10=x', `some avg10=1 ${'x'.repeat(5000)}`]) {
    assert.equal(parsePressure(text), null, text);
  }
});

test('threads that want a CPU are the first of the two in the fourth word', (t) => {
  assert.equal(parseRunnable('1.00 1.00 1.00 4065/4711 99'), 4065);
  for (const text of ['', '1.00 1.00 1.00 4065', '1.00 1.00 1.00 -1/2 9', '1.00 1.00 1.00 99999999999/2 9']) {
    assert.equal(parseRunnable(text), null, text);
  }
  const root = mkdtempSync(join(tmpdir(), 'temper-runnable-'));
  t.after(() => rmSync(root, { recursive: true }));
  assert.equal(readRunnable(hostPaths(root)), null);
});

test('use is a rate between two samples of the same cgroup', () => {
  const before = {
    at: 1000,
    usec: new Map([
      [1n, 1_000_000],
      [2n, 5],
      [3n, 9],
    ]),
  };
  const after = {
    at: 3000,
    usec: new Map([
      [1n, 2_000_000],
      [3n, 8],
      [4n, 7],
    ]),
  };
  assert.deepEqual([...usedMilli(before, after)], [[1n, 500]]);
  assert.equal(usedMilli(before, { ...after, at: 1000 }).size, 0);
});

test('what waits does not wait for the files of hundreds of pods', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'temper-usage-'));
  t.after(() => rmSync(root, { recursive: true }));
  const paths = hostPaths(root);
  const all = Array.from({ length: 100 }, (_, index) => ({ id: BigInt(index), path: `pod-${index}` }));
  for (const { path } of all) {
    mkdirSync(join(paths.cgroup, path), { recursive: true });
    writeFileSync(join(paths.cgroup, path, 'cpu.stat'), CPU_STAT);
  }
  let isSampling = true;
  const sampling = sampleUsage(paths, all, () => 7).then(({ usec }) => {
    isSampling = false;
    return usec.size;
  });
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(isSampling, true);
  assert.equal(await sampling, all.length);
});

test('cgroups are read below the mount; those that vanished and a kernel without PSI are no error', async (t) => {
  const root = mkdtempSync(join(tmpdir(), 'temper-usage-'));
  t.after(() => rmSync(root, { recursive: true }));
  const paths = hostPaths(root);
  mkdirSync(join(paths.cgroup, 'a/b'), { recursive: true });
  writeFileSync(join(paths.cgroup, 'a/b/cpu.stat'), CPU_STAT);
  const sample = await sampleUsage(
    paths,
    [
      { id: 1n, path: 'a/b' },
      { id: 2n, path: 'gone' },
    ],
    () => 7,
  );
  assert.deepEqual(sample, { at: 7, usec: new Map([[1n, 1_500_000]]) });
  assert.equal(await readPressure(paths), null);
  mkdirSync(join(paths.proc, 'pressure'), { recursive: true });
  writeFileSync(join(paths.proc, 'pressure/cpu'), PRESSURE);
  assert.equal(await readPressure(paths), 12.5);
});
