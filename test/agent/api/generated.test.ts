// The committed types and descriptor are what the .proto file gives.
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { agentDefinition } from '../../../agent/api/definition.ts';
import { generate } from '../../../agent/api/generate.ts';

function filesIn(folder: string): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  const files = names.filter((name) => statSync(join(folder, name)).isFile());
  return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'utf8')]));
}

test('agent/api/generated follows from agent.proto (node agent/api/generate.ts)', () => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-proto-'));
  try {
    generate(folder);
    assert.deepEqual(filesIn('agent/api/generated'), filesIn(folder));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

test('the methods are those of the contracts', () => {
  const methods = Object.values(agentDefinition()).map(({ path, responseStream }) => [path, responseStream]);
  assert.deepEqual(
    methods,
    [
      'GetStatus',
      'GetLayeredConfig',
      'SetQos',
      'ClearQos',
      'ReloadScheduler',
      'SetSafeMode',
      'Explain',
      'CaptureTrace',
    ].map((name) => [`/temper.agent.v1.Agent/${name}`, name === 'CaptureTrace']),
  );
});
