import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PIN, RECIPE } from '../../../patches/pin.ts';
import { buildEnv } from '../../../scripts/scx/cargo.ts';
import { readBuildScript, readCargo } from '../../../scripts/scx/cargo-words.ts';
import { nameOf } from '../../../scripts/scx/key.ts';

test('whatever changes the binary changes its name in the cache; nothing else does', () => {
  const [a, b] = [
    { name: '0001-a.patch', text: 'a' },
    { name: '0002-b.patch', text: 'b' },
  ];
  const names = [
    nameOf(PIN, RECIPE, []),
    nameOf({ ...PIN, sha256: '0' }, RECIPE, []),
    nameOf(PIN, { ...RECIPE, clang: '20' }, []),
    nameOf(PIN, { ...RECIPE, cargo: [] }, []),
    nameOf(PIN, RECIPE, [a]),
    nameOf(PIN, RECIPE, [{ ...a, text: 'b' }]),
    nameOf(PIN, RECIPE, [a, b]),
    nameOf(PIN, RECIPE, [b, a]),
  ];
  assert.equal(new Set(names).size, names.length);
  assert.equal(nameOf(PIN, RECIPE, [{ ...a }]), nameOf({ ...PIN }, RECIPE, [a]));
  assert.match(nameOf(PIN, RECIPE, []), /^\d[\d.]*-stock-[0-9a-f]{16}$/);
  assert.match(nameOf(PIN, RECIPE, [a]), /^\d[\d.]*-patched-/);
});

test('what others have set for their builds does not change ours', () => {
  const foreign = {
    RUSTFLAGS: '-C debuginfo=2',
    CARGO_BUILD_TARGET: 'x',
    CARGO_PROFILE_RELEASE_LTO: 'true',
    BPF_CFLAGS: '-O0',
    SCX_GIT_SHA: 'abc',
    CARGO_TARGET_DIR: 'x',
    BPF_CLANG: 'clang',
  };
  const ours = { PATH: '/bin', CARGO_HOME: '/c', CARGO_BUILD_JOBS: '1', RUSTUP_TOOLCHAIN: 'stable' };
  assert.deepEqual(buildEnv('/w', { ...foreign, ...ours }), {
    ...ours,
    CARGO_TARGET_DIR: '/w/target',
    BPF_CLANG: 'clang-19',
    LIBCLANG_PATH: '/usr/lib/llvm-19/lib',
  });
});

const line = (id: string, level: string, rendered: string, spans: unknown[] = [{}]): string =>
  JSON.stringify({ reason: 'compiler-message', package_id: id, message: { level, rendered, spans } });

test('warnings of the crate are told from those of others and from their sum, errors are everybody’s', () => {
  const [own, other] = ['path+file:///w/source#scx_layered@1.1.4', 'registry+https://r.test#nix@0.31.0'];
  const output = [
    '{"reason":"compiler-artifact","package_id":"x"}',
    line(own, 'warning', 'unused variable'),
    line(own, 'warning', '1 warning emitted', []),
    line(own, 'note', 'a note'),
    line(other, 'warning', 'not ours'),
    line(other, 'error', 'broken'),
    line(own, 'error', 'mismatched types'),
    '{"reason":"build-finished","success":false}',
    '',
  ].join('\n');
  assert.deepEqual(readCargo(output), { warnings: ['unused variable'], errors: ['broken', 'mismatched types'] });
});

test("clang's warnings stand in what the build script prints, in both forms", () => {
  const output =
    'cargo:rerun-if-changed=x\ncargo:warning=main.bpf.c:1: unused\ncargo::warning=other\nscx_utils:clang=x\n';
  assert.deepEqual(readBuildScript(output), ['main.bpf.c:1: unused', 'other']);
});
