// The import arrows of CONTRIBUTING.md are a lint rule: each forbidden arrow must fail it, each allowed one pass.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { test } from 'node:test';

/** Whether biome takes an import of `target` in a file at `path`. */
function isAllowed(path: string, target: string): boolean {
  const args = ['node_modules/@biomejs/biome/bin/biome', 'lint', `--stdin-file-path=${path}`];
  const input = `import { x } from '${target}';\nexport const y = x;\n`;
  return spawnSync(process.execPath, args, { input }).status === 0;
}

test('forbidden arrows fail', () => {
  const forbidden: Array<[path: string, target: string]> = [
    ['src/model/x.ts', '../kube/store.ts'],
    ['src/model/x.ts', '../telemetry/logger.ts'],
    ['src/model/x.ts', 'node:fs'],
    ['src/kube/x.ts', '../telemetry/metrics.ts'],
    ['src/telemetry/x.ts', '../kube/store.ts'],
    ['webhooks/x.ts', '../extender/engine.ts'],
    ['webhooks/deep/x.ts', '../../extender/engine.ts'],
    ['extender/x.ts', '../webhooks/engine.ts'],
    ['extender/x.ts', '../src/service/run.ts'],
    ['webhooks/x.ts', '../test/support/fixtures.ts'],
    ['src/service/x.ts', '../../demo/arm.ts'],
  ];
  for (const [path, target] of forbidden) assert.equal(isAllowed(path, target), false, `${path} imports ${target}`);
});

test('allowed arrows pass', () => {
  const allowed: Array<[path: string, target: string]> = [
    ['src/kube/x.ts', '../model/clock.ts'],
    ['webhooks/x.ts', '../src/kube/store.ts'],
    ['extender/x.ts', '../src/telemetry/metrics.ts'],
    ['src/service/x.ts', '../../webhooks/engine.ts'],
    ['demo/x.ts', '../test/standin/cluster.ts'],
  ];
  for (const [path, target] of allowed) assert.equal(isAllowed(path, target), true, `${path} imports ${target}`);
});
