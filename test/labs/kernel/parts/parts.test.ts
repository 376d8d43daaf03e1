import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { findMirror } from './apt-sources.ts';
import { appendArchive, withFolders } from './cpio.ts';
import { parseLdd } from './guest-root.ts';

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'temper-lab-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

const KEYRING = '/usr/share/keyrings/debian-archive-keyring.gpg';

test('the mirror is the main Debian archive among the sources, in both of their forms', () => {
  const security = 'Types: deb\nURIs: http://sec.test/debian-security\nSuites: bookworm-security\n';
  const main =
    'Types: deb\n# URIs: http://old.test/debian\nURIs: http://m.test/debian\nSuites: bookworm\nSigned-By: /k.gpg\n';
  assert.deepEqual(findMirror([`${security}\n${main}`]), { uri: 'http://m.test/debian', signedBy: '/k.gpg' });
  assert.equal(findMirror([`${main}Enabled: no\n`]), null);
  const inline = main.replace('/k.gpg', '\n -----BEGIN PGP PUBLIC KEY BLOCK-----');
  assert.equal(findMirror([inline])?.signedBy, KEYRING);

  const lines =
    '# deb http://off.test/debian trixie main\ndeb [arch=amd64 signed-by=/k.gpg] http://m.test/debian/ trixie main\n';
  assert.deepEqual(findMirror(['deb http://u.test/ubuntu noble main', lines]), {
    uri: 'http://m.test/debian/',
    signedBy: '/k.gpg',
  });
  assert.deepEqual(findMirror(['deb http://m.test/debian trixie main']), {
    uri: 'http://m.test/debian',
    signedBy: KEYRING,
  });
  assert.equal(findMirror(['deb http://m.test/debian-security trixie-security main']), null);
});

test('libraries are those that the loader found; one that is missing is an error', () => {
  const listed =
    '\tlinux-vdso.so.1 (0x00007ffd)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f)\n';
  assert.deepEqual(parseLdd(listed), ['/lib/x86_64-linux-gnu/libc.so.6', '/lib64/ld-linux-x86-64.so.2']);
  assert.deepEqual(parseLdd('\tnot a dynamic executable\n'), []);
  assert.throws(() => parseLdd('\tlibelf.so.1 => not found\n'), /libelf\.so\.1/);
});

test('folders come before what is in them, once', () => {
  const file = (path: string) => ({ path, kind: 'file', content: '' }) as const;
  const paths = withFolders([file('a/b/c'), file('a/d')]).map(({ path }) => path);
  assert.deepEqual(paths, ['a', 'a/b', 'a/b/c', 'a/d']);
});

/** Path, mode and content of each entry; zeros between archives are passed over, as the kernel does. */
function entries(bytes: Buffer): Array<readonly [path: string, mode: string, content: string]> {
  const found: Array<readonly [string, string, string]> = [];
  const aligned = (at: number): number => Math.ceil(at / 4) * 4;
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0) {
      at += 4;
      continue;
    }
    assert.equal(bytes.toString('latin1', at, at + 6), '070701');
    const field = (index: number): number =>
      Number.parseInt(bytes.toString('latin1', at + 6 + 8 * index, at + 14 + 8 * index), 16);
    const [mode, size, nameLength] = [field(1), field(6), field(11)];
    const data = aligned(at + 110 + nameLength);
    found.push([
      bytes.toString('utf8', at + 110, at + 110 + nameLength - 1),
      mode.toString(8),
      bytes.toString('utf8', data, data + size),
    ]);
    at = aligned(data + size);
  }
  return found;
}

test('archives follow each other at borders that the kernel finds', (t) => {
  const base = folder(t);
  const archive = join(base, 'a.cpio');
  writeFileSync(join(base, 'source'), 'copied');
  appendArchive(archive, [
    { path: 'one/file', kind: 'file', content: 'first', executable: true },
    { path: 'link', kind: 'link', target: 'one/file' },
  ]);
  assert.equal(statSync(archive).size % 512, 0);
  appendArchive(archive, [{ path: 'two', kind: 'copy', source: join(base, 'source') }]);
  assert.deepEqual(entries(readFileSync(archive)), [
    ['one', '40755', ''],
    ['one/file', '100755', 'first'],
    ['link', '120777', 'one/file'],
    ['TRAILER!!!', '100644', ''],
    ['two', '100644', 'copied'],
    ['TRAILER!!!', '100644', ''],
  ]);
});
