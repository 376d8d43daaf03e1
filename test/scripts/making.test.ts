import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { part } from '../../scripts/making/cache.ts';
import { CannotRun } from '../../scripts/making/cannot-run.ts';
import { missingPackages } from '../../scripts/making/packages.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'temper-making-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const WANTED = { iproute2: 'loopback', 'clang-19': 'the BPF programs', qemu: 'the virtual machine' };

test('root installs what is missing; who is not root is told what, what for and how', () => {
  const has = (name: string): boolean => !['clang-19', 'iproute2'].includes(name);
  assert.deepEqual(missingPackages(WANTED, has, true).sort(), ['clang-19', 'iproute2']);
  assert.deepEqual(
    missingPackages(WANTED, () => true, false),
    [],
  );
  assert.throws(
    () => missingPackages(WANTED, has, false),
    (error) =>
      error instanceof CannotRun &&
      /clang-19: the BPF programs\n/.test(error.message) &&
      error.message.endsWith('sudo apt-get install -y --no-install-recommends iproute2 clang-19'),
  );
});

test('a part is made once, and never half', (t) => {
  const cache = join(folder(t), 'cache');
  const make = (path: string): void => writeFileSync(join(path, 'file'), 'whole');
  assert.throws(
    () =>
      part(cache, 'p-1', (path) => {
        make(path);
        throw new Error('interrupted');
      }),
    /interrupted/,
  );
  assert.deepEqual(readdirSync(cache), []);
  const made = part(cache, 'p-1', make);
  assert.equal(readFileSync(join(made, 'file'), 'utf8'), 'whole');
  assert.equal(
    part(cache, 'p-1', () => assert.fail('made again')),
    made,
  );
  // Another run that was faster has made it meanwhile.
  const raced = part(cache, 'p-2', (path) => {
    make(path);
    mkdirSync(join(cache, 'p-2'));
    writeFileSync(join(cache, 'p-2', 'file'), 'the other');
  });
  assert.equal(readFileSync(join(raced, 'file'), 'utf8'), 'the other');
  assert.deepEqual(readdirSync(cache).sort(), ['p-1', 'p-2']);
});

test('what a killed run left half made is removed; what another run makes is not', (t) => {
  const cache = folder(t);
  const { pid: dead } = spawnSync('true');
  const left = [`making-${dead}-abc`, `making-${process.ppid}-abc`].map((name) => join(cache, name));
  for (const path of left) mkdirSync(path);
  part(cache, 'p-1', () => {});
  assert.deepEqual(left.map(existsSync), [false, true]);
});
