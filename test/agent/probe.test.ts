import assert from 'node:assert/strict';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { probeBinary, readProbe } from '../../agent/probe.ts';

test('the version is taken from whatever surrounds it; a binary that does not say has none', () => {
  const cases: ReadonlyArray<[string, string | null]> = [
    ['scx_layered 1.1.4\n', '1.1.4'],
    ['scx_layered 1.1.4-g0a1b2c3 x86_64-unknown-linux-gnu\n', '1.1.4-g0a1b2c3'],
    ['scx_layered v1.1\n', null],
    ['', null],
    [`x 1.2.3${'a'.repeat(500)}`, `1.2.3${'a'.repeat(60)}`],
  ];
  for (const [text, version] of cases) assert.equal(readProbe(text, '').version, version, text);
});

test('only the flag itself makes a binary a patched one', () => {
  const cases: ReadonlyArray<[string, string]> = [
    ['Options:\n      --members <FILE>  reads members\n', 'membership'],
    ['--members\n', 'membership'],
    ['Options:\n  -v, --verbose\n', 'prefixes'],
    ['Options:\n  --verbose  see also --members\n', 'prefixes'],
    ['  --members-max <FILE>\n', 'prefixes'],
    ['', 'prefixes'],
  ];
  for (const [help, matching] of cases) assert.equal(readProbe('', help).matching, matching, help);
});

test('a binary can stand by where its help lists the flag, whatever else it can', () => {
  const cases: ReadonlyArray<[string, boolean]> = [
    ['Options:\n      --standby <STANDBY>  waits\n', true],
    ['  --standby\n  --members <FILE>\n', true],
    ['  --members <FILE>\n', false],
    ['  --standby-timeout <MS>\n', false],
    ['  --verbose  see also --standby\n', false],
    ['', false],
  ];
  for (const [help, canStandBy] of cases) assert.equal(readProbe('', help).canStandBy, canStandBy, help);
});

test('turns are short where the help lists the flag for it', () => {
  const cases: ReadonlyArray<[string, boolean]> = [
    ['Options:\n      --crowd-round-ms <CROWD_ROUND_MS>\n', true],
    ['  --standby\n  --members <FILE>\n', false],
    ['  --verbose  see also --crowd-round-ms\n', false],
  ];
  for (const [help, hasShortTurns] of cases) assert.equal(readProbe('', help).hasShortTurns, hasShortTurns, help);
});

test('a binary is asked as the real one answers: its help on stderr, with an exit code; one that cannot be asked says nothing', async (t) => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-probe-'));
  t.after(() => rmSync(folder, { recursive: true }));
  const program = (name: string, body: string): string => {
    const path = join(folder, name);
    writeFileSync(path, `#!/bin/sh\n${body}\n`);
    chmodSync(path, 0o755);
    return path;
  };
  const real = `case "$1" in --version) echo 'scx_layered 1.1.4 x86_64';; *) printf 'Options:\\n      --members <FILE>\\n' >&2; exit 255;; esac`;
  assert.deepEqual(await probeBinary(program('real', real)), {
    version: '1.1.4',
    matching: 'membership',
    canStandBy: false,
    hasShortTurns: false,
  });
  const nothing = { version: null, matching: 'prefixes', canStandBy: false, hasShortTurns: false };
  assert.deepEqual(await probeBinary(program('killed', 'echo "  --members"; kill -9 $$')), nothing);
  assert.deepEqual(await probeBinary(join(folder, 'not-there')), nothing);
});
