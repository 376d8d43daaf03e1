// The import arrows of CONTRIBUTING.md are a lint rule: each forbidden arrow must fail it, each allowed one pass.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { test } from 'node:test';

const FORBIDDEN: ReadonlyArray<readonly [room: string, target: string]> = [
  ['src/model', '../kube/store.ts'],
  ['src/model', '../telemetry/logger.ts'],
  ['src/model', 'node:fs'],
  ['src/kube', '../telemetry/metrics.ts'],
  ['src/telemetry', '../kube/store.ts'],
  ['webhooks', '../extender/engine.ts'],
  ['webhooks/deep', '../../extender/engine.ts'],
  ['extender', '../webhooks/engine.ts'],
  ['extender', '../src/service/run.ts'],
  ['webhooks', '../test/support/fixtures.ts'],
  ['src/service', '../../demo/arm.ts'],
  ['src/config', '../service/run.ts'],
  ['agent', '../src/service/run.ts'],
  ['agent/gate', '../../webhooks/engine.ts'],
  ['src/cli', '../service/run.ts'],
  ['agent/scheduler', '../../patches/pin.ts'],
  ['patches', '../scripts/making/run.ts'],
  ['scripts/scx', '../../test/support/fixtures.ts'],
];

const ALLOWED: ReadonlyArray<readonly [room: string, target: string]> = [
  ['src/kube', '../model/clock.ts'],
  ['webhooks', '../src/kube/store.ts'],
  ['extender', '../src/telemetry/metrics.ts'],
  ['src/service', '../../webhooks/engine.ts'],
  ['demo', '../test/standin/cluster.ts'],
  ['agent', '../src/config/load.ts'],
  ['src/cli', '../../agent/gate/gate.ts'],
  ['scripts/scx', '../../patches/pin.ts'],
  ['test/labs', '../../scripts/scx/build.ts'],
];

/** The arrows that break the rule, by biome with the repository's own configuration in a tree of its own. */
function refused(arrows: ReadonlyArray<readonly [room: string, target: string]>): Set<string> {
  const tree = mkdtempSync(join(tmpdir(), 'temper-arrows-'));
  try {
    copyFileSync('biome.json', join(tree, 'biome.json'));
    for (const [index, [room, target]] of arrows.entries()) {
      const path = join(tree, room, `arrow-${index}.ts`);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, `import { x } from '${target}';\n\nexport const y = x;\n`);
    }
    const biome = resolve('node_modules/@biomejs/biome/bin/biome');
    const args = [biome, 'lint', '--vcs-enabled=false', '--only=style/noRestrictedImports', '--max-diagnostics=none'];
    const { stdout, stderr } = spawnSync(process.execPath, [...args, '.'], { cwd: tree, encoding: 'utf8' });
    return new Set([...`${stdout}${stderr}`.matchAll(/arrow-\d+/g)].map(([name]) => name));
  } finally {
    rmSync(tree, { recursive: true });
  }
}

test('forbidden arrows fail the lint, allowed ones do not', () => {
  const found = refused([...FORBIDDEN, ...ALLOWED]);
  for (const [index, [room, target]] of [...FORBIDDEN, ...ALLOWED].entries()) {
    assert.equal(found.has(`arrow-${index}`), index < FORBIDDEN.length, `${room} imports ${target}`);
  }
});
