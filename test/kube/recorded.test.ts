import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPod } from '../../src/model/pod.ts';
import { body } from '../support/faults.ts';
import type { Fault } from '../support/faulty-api.ts';
import { fixture } from '../support/fixtures.ts';
import { createHarness, type Harness, heard, type Thing, until } from './harness.ts';

/** Bytes that a real API server sent, served as they are. */

function readByName(object: unknown): Thing | null {
  const { metadata } = object as { metadata: { name: string; resourceVersion: string; labels?: unknown } };
  return { name: metadata.name, data: metadata.labels, version: Number(metadata.resourceVersion) };
}

function readOnlyPods(object: unknown): Thing | null {
  return readPod(object).ok ? readByName(object) : null;
}

function recorded(file: string): Fault {
  return body(fixture(`api/${file}`));
}

/** The last of the recorded pages says that there is more; the recording has no more. */
function lastPage(file: string): Fault {
  return body(fixture(`api/${file}`).replace(/"continue": "[^"]*"/, '"continue": ""'));
}

/** A recorded watch, left open. */
function recordedWatch(file: string): Fault {
  return ({ response }) => response.writeHead(200).write(fixture(`api/${file}`));
}

/** The names in a recorded page. */
function names(file: string): string[] {
  const { items } = JSON.parse(fixture(`api/${file}`)) as { items: Array<{ metadata: { name: string } }> };
  return items.map(({ metadata }) => metadata.name);
}

async function serve(harness: Harness, pages: readonly Fault[], watch: Fault): Promise<void> {
  for (const page of pages) harness.api.fault('list', page);
  harness.api.fault('watch', watch);
  harness.listWatch.start();
  await harness.api.request('watch');
  harness.clock.advance(1);
  await heard(harness);
}

test('two pages of pods and a watch with a deletion and bookmarks', async () => {
  await using harness = await createHarness({ resource: { read: readOnlyPods } });
  await serve(harness, [recorded('pods-page1.json'), lastPage('pods-page2.json')], recordedWatch('pods-watch.jsonl'));
  const listed = [...names('pods-page1.json'), ...names('pods-page2.json')];
  assert.equal(harness.unreadable, 0);
  const changes = [];
  while (harness.changes.size > 0) changes.push(await harness.changes.next());
  assert.deepEqual(
    changes.slice(0, listed.length).map(({ key }) => key),
    listed.map((name) => `shop/${name}`),
  );
  assert.deepEqual(
    changes.slice(listed.length).map(({ type, key }) => [type, key]),
    [
      ['set', 'shop/tiny'],
      ['set', 'shop/tiny'],
      ['delete', 'shop/tiny'],
    ],
  );
});

test('the continue token of a page is given back as it came', async () => {
  await using harness = await createHarness({ resource: { read: readByName } });
  await serve(harness, [recorded('pods-page1.json'), lastPage('pods-page2.json')], recordedWatch('pods-watch.jsonl'));
  const asked = [await harness.api.request('list'), await harness.api.request('list')];
  const { metadata } = JSON.parse(fixture('api/pods-page1.json')) as { metadata: { continue: string } };
  assert.equal(asked[1]?.query.get('continue'), metadata.continue);
});

test('metadata only: nodes, a change and bookmarks', async () => {
  await using harness = await createHarness({ resource: { metadataOnly: true, read: readByName } });
  await serve(harness, [lastPage('nodes-metadata-page1.json')], recordedWatch('nodes-metadata-watch.jsonl'));
  const list = await harness.api.request('list');
  assert.match(list.headers.accept ?? '', /^application\/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1/);
  assert.equal(harness.listWatch.store.get('kwok-0001')?.version, 701);
  assert.equal(harness.unreadable, 0);
});

test('namespaces and LimitRanges', async () => {
  for (const [file, keys] of [
    ['namespaces.json', names('namespaces.json')],
    ['limitranges.json', ['ranged/lr']],
  ] as const) {
    await using harness = await createHarness({ resource: { read: readByName } });
    await serve(harness, [recorded(file)], recordedWatch('pods-watch.jsonl'));
    for (const key of keys) assert.ok(harness.listWatch.store.get(key), key);
  }
});

test('a watch that tells 46 pods anew in 141 events', async () => {
  await using harness = await createHarness({ objects: 0, resource: { read: readOnlyPods } });
  await serve(harness, [], recordedWatch('pods-watch-expired.jsonl'));
  await until(() => harness.changes.size === 141);
  assert.equal(harness.unreadable, 0);
  assert.equal(harness.listWatch.store.size, 46);
});

test('the real 400 for a broken continue token: begun again from the first page', async () => {
  await using harness = await createHarness({ objects: 4, settings: { pageLimit: 2 } });
  const [head = '', text = ''] = fixture('api/bad-continue.http').split(/\r?\n\r?\n/);
  const [, ...lines] = head.split(/\r?\n/);
  const headers = lines.map((line) => line.split(/: (.*)/).slice(0, 2));
  harness.api.fault('list', ({ serve: answer }) => answer());
  harness.api.fault('list', ({ response }) => {
    response.writeHead(400, { ...Object.fromEntries(headers), 'content-length': Buffer.byteLength(text) }).end(text);
  });
  harness.listWatch.start();
  assert.equal(await harness.restarts.next(), 'rejected');
  assert.match(harness.messages[0] ?? '', /^TMP3004: .*400 invalid continue token/);
  harness.clock.advance(250);
  await harness.api.watch();
  assert.equal(harness.listWatch.store.size, 4);
});
