import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createClosers } from '../../demo/closers.ts';

test('the latest is ended first, one after another, and each once', async () => {
  const closers = createClosers();
  const ended: string[] = [];
  for (const name of ['cluster', 'service', 'agents']) {
    closers.add(async () => {
      ended.push(`${name} ends`);
      await null;
      ended.push(`${name} has ended`);
    });
  }
  await Promise.all([closers.closeAll(), closers.closeAll()]);
  await closers.closeAll();
  assert.deepEqual(
    ended,
    ['agents', 'service', 'cluster'].flatMap((name) => [`${name} ends`, `${name} has ended`]),
  );
});

test('what is started while all is being ended is ended too, and a failure keeps nothing alive', async () => {
  const closers = createClosers();
  const ended: string[] = [];
  const note = (name: string) => () => {
    ended.push(name);
    return Promise.resolve();
  };
  closers.add(note('first'));
  closers.add(() => {
    closers.add(note('late'));
    return Promise.reject(new Error('it hangs'));
  });
  await assert.rejects(closers.closeAll(), /it hangs/);
  assert.deepEqual(ended, ['late', 'first']);
});
