// Table, Dockerfiles, chart and processes say the same of the images.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { parseLdd } from '../../scripts/images/closure.ts';
import { isCopyleft, packagesOf } from '../../scripts/images/licences.ts';
import { AGENT_FLAGS, IMAGES, type Image } from '../../scripts/images/table.ts';

for (const image of Object.values<Image>(IMAGES)) {
  const file = `images/${image.name.replace('temper-', '')}/Dockerfile`;
  test(file, () => {
    const text = readFileSync(file, 'utf8');
    assert.deepEqual(JSON.parse(/^ENTRYPOINT (.*)$/m.exec(text)?.[1] ?? 'null'), image.entrypoint);
    assert.equal(/^USER (.*)$/m.exec(text)?.[1], image.user);
    assert.match(text, new RegExp(`images -- --image ${image.name} --rootfs`));
    assert.equal(/scx:build/.test(text), image.scheduler);
    assert.match(text, /^FROM scratch$/m, 'nothing but what the script put there');
  });
}

test('the chart takes these images', () => {
  const values = load(readFileSync('charts/temper/values.yaml', 'utf8')) as Record<
    string,
    { image: { repository: string } }
  >;
  const repositories = ['agent', 'service', 'cli'].map((part) => values[part]?.image.repository);
  assert.deepEqual(repositories.sort(), Object.keys(IMAGES).sort());
});

test('the agent starts with the flags of its first line', () => {
  const [first = ''] = readFileSync('agent/main.ts', 'utf8').split('\n');
  assert.deepEqual(first.split(' ').slice(3), AGENT_FLAGS);
});

test('libraries and the loader are found in what ldd says, and one that is missing is told', () => {
  const text = [
    '\tlinux-vdso.so.1 (0x00007ffd)',
    '\tlibelf.so.1 => /lib/x86_64-linux-gnu/libelf.so.1 (0x00007f)',
    '\t/lib64/ld-linux-x86-64.so.2 (0x00007f)',
  ].join('\n');
  assert.deepEqual(parseLdd(text), ['/lib/x86_64-linux-gnu/libelf.so.1', '/lib64/ld-linux-x86-64.so.2']);
  assert.throws(() => parseLdd('\tlibbpf.so.1 => not found'), /libbpf\.so\.1 is missing/);
  assert.deepEqual(parseLdd('\tstatically linked'), []);
});

test('sources go along where there is no licence to choose but the GPL', () => {
  assert.ok(isCopyleft('[package]\nlicense = "GPL-2.0-only"\n'));
  assert.ok(!isCopyleft('license = "LGPL-2.1-only OR BSD-2-Clause"\n'));
  assert.ok(!isCopyleft('license = "MIT"\n'));
  assert.deepEqual(packagesOf('[[package]]\nname = "a-b"\nversion = "1.2.3"\nsource = "x"\n'), ['a-b-1.2.3']);
});
