import assert from 'node:assert/strict';
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { test } from 'node:test';
import { until } from '../../kube/harness.ts';
import { NODES } from '../../standin/api/resources.ts';
import { type Bench, createBench, KEY } from './support.ts';

const holds = ({ safeMode }: Bench, ...sources: string[]) =>
  until(() => safeMode.safeMode.sources.join() === sources.join());

async function calm(bench: Bench): Promise<void> {
  bench.safeMode.start();
  await holds(bench);
}

test('before the start nothing is known, so it holds', async () => {
  await using bench = await createBench();
  assert.deepEqual(bench.safeMode.safeMode.sources, ['not-read-yet']);
  assert.equal(bench.safeMode.node, null);
});

test('free once file, Node and Namespace were read, and not before', async () => {
  await using bench = await createBench();
  await calm(bench);
  assert.equal(bench.safeMode.safeMode.reason, null);
  assert.deepEqual(bench.heard.at(-1)?.sources, []);
  assert.ok(bench.heard.slice(0, -1).every(({ sources }) => sources.includes('not-read-yet')));
  assert.equal(bench.safeMode.node?.name, 'node-1');
  assert.ok(bench.safeMode.node?.uid !== undefined);
});

for (const what of ['node', 'namespace'] as const) {
  test(`the annotation of the ${what}: on, off, and back to the stock scheduler on doubt`, async () => {
    await using bench = await createBench();
    await calm(bench);
    bench.annotate(what, { [KEY]: 'true' });
    await holds(bench, `${what}-annotation`);
    bench.annotate(what, { [KEY]: null });
    await holds(bench);
    bench.annotate(what, { [KEY]: 'TRUE' });
    await holds(bench, `${what}-annotation`);
    assert.match(bench.safeMode.safeMode.reason ?? '', /"TRUE"/);
  });
}

test('the annotations of other nodes and namespaces are not ours, should a server send them', async () => {
  await using bench = await createBench({ selectors: false });
  await calm(bench);
  assert.equal(bench.safeMode.watches.get('nodes')?.size, 2);
  bench.api.patch(NODES, { name: 'node-2', patch: { metadata: { labels: { a: 'b' } } } });
  bench.annotate('node', { 'temper.codes/agent-status': 'seen' });
  await until(() => bench.safeMode.node?.own['temper.codes/agent-status'] === 'seen');
  assert.deepEqual(bench.safeMode.safeMode.sources, []);
});

test('the host file holds from the first moment on, and a subscriber hears of it at once', async () => {
  await using bench = await createBench({ reachable: false });
  mkdirSync(dirname(bench.file), { recursive: true });
  writeFileSync(bench.file, '');
  bench.safeMode.start();
  assert.deepEqual(bench.safeMode.safeMode.sources, ['host-file', 'not-read-yet']);
  assert.deepEqual(bench.heard.at(-1)?.sources, ['host-file', 'not-read-yet']);
});

test('the host file comes and goes within a second', async () => {
  await using bench = await createBench();
  await calm(bench);
  mkdirSync(dirname(bench.file), { recursive: true });
  writeFileSync(bench.file, '');
  bench.clock.advance(1_000);
  assert.deepEqual(bench.safeMode.safeMode.sources, ['host-file']);
  rmSync(bench.file);
  bench.clock.advance(1_000);
  assert.deepEqual(bench.safeMode.safeMode.sources, []);
});

test('API server unreachable at the start: stock, with the reason', async () => {
  await using bench = await createBench({ reachable: false });
  bench.safeMode.start();
  await until(() => bench.problems.length === 2);
  assert.deepEqual(bench.safeMode.safeMode.sources, ['not-read-yet']);
  assert.match(bench.safeMode.safeMode.reason ?? '', /the annotation of the node, .*TMP3003.*ECONNREFUSED/);
});

test('API server lost later: the last known values stay in force, whichever they are', async () => {
  await using bench = await createBench();
  await calm(bench);
  bench.annotate('namespace', { [KEY]: 'true' });
  await holds(bench, 'namespace-annotation');
  await bench.disconnect();
  bench.clock.advance(1_000);
  await until(() => bench.problems.length > 0);
  bench.clock.advance(600_000);
  assert.deepEqual(bench.safeMode.safeMode.sources, ['namespace-annotation']);
});

test('API server lost while nothing asked: file and gRPC still stop the node, and let it go again', async () => {
  await using bench = await createBench();
  await calm(bench);
  await bench.disconnect();
  const on = bench.safeMode.set(true);
  assert.deepEqual([on.problem, on.safeMode.sources], [null, ['host-file']]);
  const off = bench.safeMode.set(false);
  assert.deepEqual([off.problem, off.safeMode.sources], [null, []]);
});

test('a Node that is deleted leaves its last word; a new one has its own', async () => {
  await using bench = await createBench();
  bench.annotate('node', { [KEY]: 'true' });
  bench.safeMode.start();
  await holds(bench, 'node-annotation');
  bench.api.remove(NODES, { name: 'node-1' });
  await until(() => bench.safeMode.watches.get('nodes')?.size === 0);
  bench.clock.advance(1_000);
  assert.deepEqual(bench.safeMode.safeMode.sources, ['node-annotation']);
  await bench.api.create(NODES, { body: { metadata: { name: 'node-1' } } });
  await holds(bench);
});

test('a Node that does not exist: stock, and the reason names it', async () => {
  await using bench = await createBench({ node: false });
  bench.safeMode.start();
  await until(() => bench.safeMode.watches.get('nodes')?.synced === true);
  bench.clock.advance(1_000);
  assert.deepEqual(bench.safeMode.safeMode.sources, ['not-read-yet']);
  assert.match(bench.safeMode.safeMode.reason ?? '', /no Node "node-1"/);
  await bench.api.create(NODES, { body: { metadata: { name: 'node-1' } } });
  await holds(bench);
});

test('gRPC writes and removes the file; off names what still holds', async () => {
  await using bench = await createBench();
  await calm(bench);
  bench.annotate('node', { [KEY]: 'true' });
  await holds(bench, 'node-annotation');
  assert.deepEqual(bench.safeMode.set(true).safeMode.sources, ['node-annotation', 'host-file']);
  assert.deepEqual(bench.heard.at(-1)?.sources, ['node-annotation', 'host-file'], 'at once');
  const { safeMode, problem } = bench.safeMode.set(false);
  assert.deepEqual([safeMode.sources, problem], [['node-annotation'], null]);
});

/** The directory is a link to nowhere: neither it nor a file in it can be made, as on a read-only disk. */
function refuseWrites({ file }: Bench): () => void {
  mkdirSync(dirname(dirname(file)), { recursive: true });
  symlinkSync('nowhere/deeper', dirname(file));
  return () => rmSync(dirname(file));
}

test('a disk that cannot be written: stands down in memory, and says so', async () => {
  await using bench = await createBench();
  const allowWrites = refuseWrites(bench);
  await calm(bench);
  const on = bench.safeMode.set(true);
  assert.equal(on.problem?.id, 'TMP3151');
  assert.deepEqual(on.safeMode.sources, ['held-in-memory']);
  assert.deepEqual(bench.heard.at(-1)?.sources, ['held-in-memory'], 'at once');
  bench.clock.advance(60_000);
  assert.deepEqual(bench.safeMode.safeMode.sources, ['held-in-memory']);
  allowWrites();
  assert.deepEqual(bench.safeMode.set(true).safeMode.sources, ['host-file'], 'the disk took it this time');
  assert.deepEqual(bench.safeMode.set(false).safeMode.sources, []);
});

test('off ends what was held in memory, also where the disk still refuses', async () => {
  await using bench = await createBench();
  refuseWrites(bench);
  await calm(bench);
  bench.safeMode.set(true);
  assert.deepEqual(bench.safeMode.set(false).safeMode.sources, []);
});

test('a file that cannot be removed goes on holding, and off says so', async () => {
  await using bench = await createBench();
  await calm(bench);
  mkdirSync(bench.file, { recursive: true });
  const { safeMode, problem } = bench.safeMode.set(false);
  assert.deepEqual([safeMode.sources, problem?.id], [['host-file'], 'TMP3152']);
});

test('whoever follows the Node sees its labels, overrides and the own annotations', async () => {
  await using bench = await createBench();
  const seen: Array<string | undefined> = [];
  bench.safeMode.subscribeNode(({ own }) => seen.push(own['temper.codes/agent-status']));
  await calm(bench);
  bench.annotate('node', { 'temper.codes/agent-status': 'starting' });
  await until(() => seen.at(-1) === 'starting');
  bench.api.patch(NODES, { name: 'node-1', patch: { metadata: { labels: { 'temper.codes/enforce': 'disabled' } } } });
  await until(() => bench.safeMode.node?.enforceDisabled === true);
});

test('stop leaves no timer', async () => {
  await using bench = await createBench();
  await calm(bench);
  await bench.safeMode.stop();
  assert.deepEqual(bench.clock.pending, []);
});
