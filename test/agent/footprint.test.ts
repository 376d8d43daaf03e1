// What the agent's start loads: each of these would be megabytes on every node.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { build } from 'esbuild';

const ENTRY = 'agent/main.ts';

/** Packages that are loaded with the entry, and those that are loaded later, if ever. */
async function packages(): Promise<{ atStart: Set<string>; later: Set<string> }> {
  const { metafile } = await build({
    entryPoints: [ENTRY],
    bundle: true,
    write: false,
    metafile: true,
    platform: 'node',
    format: 'esm',
    packages: 'external',
  });
  const atStart = new Set<string>();
  const all = new Set<string>();
  const seen = new Set<string>();
  const visit = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const imported of metafile.inputs[path]?.imports ?? []) {
      if (imported.kind !== 'import-statement') continue;
      if (imported.external) atStart.add(imported.path);
      else visit(imported.path);
    }
  };
  visit(ENTRY);
  for (const { imports } of Object.values(metafile.inputs)) {
    for (const { path, external } of imports) if (external) all.add(path);
  }
  return { atStart, later: all.difference(atStart) };
}

test('the start of the agent loads neither gRPC, nor the Kubernetes client, nor Fastify', async () => {
  const { atStart, later } = await packages();
  const packaged = [...atStart].filter((path) => !path.startsWith('node:'));
  assert.deepEqual(packaged.toSorted(), ['commander', 'js-yaml', 'pino', 'prom-client', 'zod']);
  assert.deepEqual([...later].toSorted(), ['@grpc/grpc-js', '@grpc/proto-loader', '@kubernetes/client-node']);
});
