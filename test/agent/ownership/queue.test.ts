import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { joinQueue, type QueueOwnership } from '../../../agent/ownership/create-ownership.ts';
import { systemClock } from '../../../src/telemetry/system-clock.ts';
import { until } from '../../support/embedded.ts';

/** A run directory, and agents that join in it: each here, with real sockets. */
function rig(t: TestContext) {
  const run = mkdtempSync(join(tmpdir(), 'temper-queue-'));
  const all: QueueOwnership[] = [];
  t.after(() => {
    for (const one of all) one.close();
    rmSync(run, { recursive: true, force: true });
  });
  const folder = join(run, 'agents');
  return {
    run,
    folder,
    names: () => readdirSync(folder).sort(),
    async join() {
      const one = await joinQueue({ run }, systemClock);
      all.push(one);
      return one;
    },
  };
}

/** What a process leaves that was killed: a socket that nobody listens to. */
async function deadSocket(path: string): Promise<void> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(`${path}.bound`, resolve));
  const { linkSync } = await import('node:fs');
  linkSync(`${path}.bound`, path);
  await new Promise((resolve) => server.close(resolve));
}

const owns = (what: string, one: QueueOwnership) => until(what, () => one.stage === 'owns');

test('the first agent owns the node; the next waits, hears of it, and owns it at its death', async (t) => {
  const it = rig(t);
  const first = await it.join();
  assert.deepEqual([first.stage, first.ahead, first.wasHandedOver], ['owns', null, false]);
  first.tell('enforcing');
  const second = await it.join();
  assert.equal(second.stage, 'waits');
  assert.deepEqual(second.ahead, { stage: 'owns', phase: 'enforcing' });
  first.tell('updating');
  await until('the phase', () => second.ahead?.phase === 'updating');
  // The kernel closes the sockets of a process that dies.
  first.close();
  await owns('the second', second);
  assert.equal(second.wasHandedOver, false);
  assert.equal(second.ahead, null);
  assert.deepEqual(it.names(), ['2'], 'what the first left is removed');
});

test('an agent that ends says so, hands over, and hears that the node is taken', async (t) => {
  const it = rig(t);
  const first = await it.join();
  const second = await it.join();
  first.end();
  await until('its last word', () => second.ahead?.stage === 'ending');
  assert.equal(second.stage, 'waits', 'not before its scheduler is gone');
  assert.equal(await first.release(), true);
  assert.deepEqual([second.stage, second.wasHandedOver], ['owns', true]);
});

test('without another agent the release says that nobody has the node', async (t) => {
  const it = rig(t);
  const first = await it.join();
  first.end();
  assert.equal(await first.release(), false);
  assert.equal((await it.join()).stage, 'owns', 'one that comes later does not wait for one that has released');
});

test('many at once: one owns, the others follow in their order', async (t) => {
  const it = rig(t);
  const agents = await Promise.all(Array.from({ length: 8 }, it.join));
  const left = new Set(agents);
  for (let count = agents.length; count > 0; count -= 1) {
    await until('one owns', () => [...left].some(({ stage }) => stage === 'owns'));
    const owners = [...left].filter(({ stage }) => stage === 'owns');
    assert.equal(owners.length, 1);
    const [owner] = owners;
    assert.ok(owner);
    left.delete(owner);
    owner.close();
  }
});

test('one that waits and dies is in nobody’s way', async (t) => {
  const it = rig(t);
  const first = await it.join();
  const second = await it.join();
  const third = await it.join();
  second.close();
  first.end();
  await first.release();
  await owns('the third', third);
});

test('sockets of the dead keep nobody waiting, and no number is given twice', async (t) => {
  const it = rig(t);
  mkdirSync(it.folder, { recursive: true });
  await deadSocket(join(it.folder, '4'));
  await deadSocket(join(it.folder, '7'));
  await deadSocket(join(it.folder, 'new-0123456789abcdef'));
  mkdirSync(join(it.folder, '4.files'));
  const agent = await it.join();
  assert.equal(agent.stage, 'owns');
  assert.deepEqual(it.names(), ['8']);
  assert.equal(agent.files, join(it.folder, '8.files'));
});

test('the folder is ours alone; what is none is not used', async (t) => {
  const it = rig(t);
  mkdirSync(it.folder, { recursive: true, mode: 0o777 });
  await it.join();
  assert.equal(statSync(it.folder).mode & 0o777, 0o700);

  const other = rig(t);
  symlinkSync(it.folder, other.folder);
  await assert.rejects(other.join(), /is no directory/);
  const third = rig(t);
  writeFileSync(third.folder, '');
  await assert.rejects(third.join(), /EEXIST|ENOTDIR/);
});

test('whoever talks nonsense is alive, and no more', async (t) => {
  const it = rig(t);
  mkdirSync(it.folder, { recursive: true });
  const lines = [
    '{',
    '{"v":2,"stage":"released","phase":"x"}',
    `{"v":1,"stage":"gone","phase":"x"}`,
    'x'.repeat(10_000),
  ];
  const server = createServer((socket) => {
    socket.on('error', () => {});
    for (const line of lines) socket.write(`${line}\n`);
    socket.write('{"v":1,"stage":"owns","phase":"a-new-word","more":1}\n');
  });
  await new Promise<void>((resolve) => server.listen(join(it.folder, '3'), resolve));
  t.after(() => server.close());
  const agent = await it.join();
  assert.deepEqual([agent.stage, agent.ahead], ['waits', { stage: 'owns', phase: 'a-new-word' }]);
});

test('one that ends connections and still listens is alive: only that nobody listens is the end', async (t) => {
  const it = rig(t);
  mkdirSync(it.folder, { recursive: true });
  let ended = 0;
  const server = createServer((socket) => {
    socket.end('{"v":1,"stage":"owns","phase":"stock"}\n');
    ended += 1;
  });
  await new Promise<void>((resolve) => server.listen(join(it.folder, '3'), resolve));
  const agent = await it.join();
  await until('some connections have ended', () => ended >= 3);
  assert.equal(agent.stage, 'waits');
  server.close();
  await owns('it dies', agent);
});
