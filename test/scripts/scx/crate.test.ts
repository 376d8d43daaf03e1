import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { commitOf, getCrate, getPinned, unpack } from '../../../scripts/scx/crate.ts';
import { refusedAs } from './refused.ts';

/** A home of cargo. @returns it, and how a crate gets into it */
function home(t: TestContext) {
  const path = mkdtempSync(join(tmpdir(), 'temper-cargo-'));
  t.after(() => rmSync(path, { recursive: true }));
  const put = (name: string, content: string | Buffer, registry = 'one'): void => {
    mkdirSync(join(path, 'registry/cache', registry), { recursive: true });
    writeFileSync(join(path, 'registry/cache', registry, name), content);
  };
  return { path, put };
}

const sha256 = (content: string): string => createHash('sha256').update(content).digest('hex');
const PINNED = { crate: 'c', version: '1.0.0', sha256: sha256('good'), commit: 'abc' };
const nobody = (): void => assert.fail('asked a registry');

test('what cargo has is taken without asking anybody, from any registry, by its content', (t) => {
  const { path, put } = home(t);
  put('c-1.0.0.crate', 'bad', 'one');
  put('c-1.0.0.crate', 'good', 'two');
  assert.equal(getPinned(PINNED, path, nobody).bytes.toString(), 'good');
});

test('what it has not is got, and only with the pinned content', (t) => {
  const { path, put } = home(t);
  const asked: string[] = [];
  const getting = (content: string) => (crate: string, version: string) => {
    asked.push(`${crate}@${version}`);
    put(`${crate}-${version}.crate`, content);
  };
  assert.equal(getPinned(PINNED, path, getting('good')).sha256, sha256('good'));
  assert.deepEqual(asked, ['c@1.0.0']);
  const other = { ...PINNED, version: '1.0.1' };
  const words = new RegExp(`c-1\\.0\\.1\\.crate has SHA-256 ${sha256('bad')}, not ${sha256('good')}`);
  assert.throws(() => getPinned(other, path, getting('bad')), refusedAs('SCX06', words));
});

test('another version is taken as cargo has it; one that does not come is an error', (t) => {
  const { path, put } = home(t);
  put('c-2.0.0.crate', 'any');
  assert.equal(getCrate('c', '2.0.0', path, nobody).sha256, sha256('any'));
  assert.throws(() => getCrate('c', '3.0.0', path, () => {}), refusedAs('SCX05', /c@3\.0\.0/));
});

test('a crate is unpacked without the folder that is around it, all files new', (t) => {
  const { path } = home(t);
  const folder = join(path, 'c-1.0.0');
  mkdirSync(join(folder, 'src'), { recursive: true });
  writeFileSync(join(folder, 'src/main.rs'), 'fn main() {}\n');
  writeFileSync(join(folder, '.cargo_vcs_info.json'), '{"git":{"sha1":"abc"},"path_in_vcs":"c"}');
  const { stdout: bytes } = spawnSync('tar', ['-cz', '--mtime=@1', 'c-1.0.0'], { cwd: path });
  const into = join(path, 'out');
  unpack({ bytes, path: '', sha256: '' }, into);
  assert.equal(readFileSync(join(into, 'src/main.rs'), 'utf8'), 'fn main() {}\n');
  assert.ok(statSync(join(into, 'src/main.rs')).mtimeMs > 1_000_000);
  assert.equal(commitOf(into), 'abc');
});
