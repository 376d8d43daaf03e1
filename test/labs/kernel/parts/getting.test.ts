import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { CannotRun } from '../../../../scripts/making/cannot-run.ts';
import type { AptRoot, Listed } from './apt-root.ts';
import { unpackKernel } from './kernel.ts';
import { type KernelPin, OTHERS } from './pins.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'temper-lab-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const PIN: KernelPin = {
  suite: 'test',
  packages: [
    { name: 'binary-7.1-cloud', version: '7.1-2', sha256: 'aa' },
    { name: 'base-7.1-cloud', version: '7.1-2', sha256: 'bb' },
  ],
  alike: /^binary-(\d\S*-cloud)$/,
  packagesOf: (release) => [`binary-${release}`, `base-${release}`],
};

/** An archive with these packages, and what was unpacked of it. */
function archive(listed: readonly Listed[], sums: Readonly<Record<string, string>> = {}) {
  const unpacked: string[] = [];
  const apt: AptRoot = {
    has: (name, version) => listed.some((one) => one.name === name && one.version === version),
    list: (pattern) => listed.filter(({ name }) => pattern.test(name)),
    unpack(name, version) {
      unpacked.push(`${name} ${version}`);
      return sums[name] ?? '';
    },
  };
  return { apt, unpacked };
}

const PINNED: readonly Listed[] = PIN.packages;
const NEWER = ['binary-7.2-cloud', 'base-7.2-cloud'].map((name) => ({ name, version: '7.2-1' }));

test('the pinned kernel is taken, and only with the pinned content', (t) => {
  const into = folder(t);
  const good = archive([...NEWER, ...PINNED], { 'binary-7.1-cloud': 'aa', 'base-7.1-cloud': 'bb' });
  unpackKernel(good.apt, PIN, into);
  assert.deepEqual(good.unpacked, ['binary-7.1-cloud 7.1-2', 'base-7.1-cloud 7.1-2']);
  assert.deepEqual(readdirSync(into), []);
  const changed = archive(PINNED, { 'binary-7.1-cloud': 'aa', 'base-7.1-cloud': 'cc' });
  assert.throws(() => unpackKernel(changed.apt, PIN, into), /base-7\.1-cloud 7\.1-2 has another content/);
});

test('where one of its packages is gone, all of the newest kernel are taken instead, with a notice', (t) => {
  const into = folder(t);
  const { apt, unpacked } = archive([...NEWER, PINNED[0] as Listed]);
  unpackKernel(apt, PIN, into);
  assert.deepEqual(unpacked, ['binary-7.2-cloud null', 'base-7.2-cloud null']);
  assert.match(
    readFileSync(join(into, 'not-pinned'), 'utf8'),
    /^base-7\.1-cloud 7\.1-2 is not .* took binary-7\.2-cloud 7\.2-1/,
  );
  assert.throws(() => unpackKernel(archive([]).apt, PIN, into), CannotRun);
});

test('in place of a pinned kernel of another version only the same version is taken', (t) => {
  const newer = ['6.180.1', '6.1.99', '6.18.16'].map((version) => ({
    name: `linux-image-${version}+deb13-cloud-amd64`,
    version: `${version}-1`,
  }));
  const { apt, unpacked } = archive(newer);
  unpackKernel(apt, OTHERS.get('6.18') as KernelPin, folder(t));
  assert.deepEqual(unpacked, ['linux-image-6.18.16+deb13-cloud-amd64 null']);
  assert.throws(() => unpackKernel(apt, OTHERS.get('6.16') as KernelPin, folder(t)), CannotRun);
});
