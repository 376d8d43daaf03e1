import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { type HostPaths, hostPaths } from '../../../agent/host/paths.ts';
import { commandLine, standbyCommandLine } from '../../../agent/scheduler/command.ts';
import { kernelOf } from '../../../agent/scheduler/kernel.ts';
import { decode, encode, knownGoodIn } from '../../../agent/scheduler/known-good.ts';
import { MARKER } from '../../../agent/scheduler/marker.ts';
import { findOrphans } from '../../../agent/scheduler/orphans.ts';
import { OutputTail } from '../../../agent/scheduler/output.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { memberConfig, prefixConfig } from './support.ts';

function tree(t: TestContext): { paths: HostPaths; write: (path: string, text: string) => void } {
  const root = mkdtempSync(join(tmpdir(), 'temper-scheduler-'));
  t.after(() => rmSync(root, { recursive: true, force: true }));
  return {
    paths: hostPaths(root),
    write(path, text) {
      mkdirSync(join(root, path, '..'), { recursive: true });
      writeFileSync(join(root, path), text);
    },
  };
}

/** A file in the run directory's place: as good as a disk that cannot be written to, also for root. */
const blockRun = (write: (path: string, text: string) => void): void => write('run/temper', '');

test('the last config that worked survives, also its members; a damaged file is none', (t) => {
  const { paths, write } = tree(t);
  const clock = new FakeClock();
  const kept = knownGoodIn(paths, clock);
  assert.equal(kept.load(), null);
  const config = memberConfig([[2n ** 64n - 1n, 2]]);
  kept.save(config);
  assert.deepEqual(kept.load(), config);
  kept.save(prefixConfig());
  clock.advance(1_000);
  assert.deepEqual(kept.load(), prefixConfig());

  const text = encode(config);
  assert.equal(decode(text.replace('critical', 'critica1')), null, 'a changed byte');
  for (const damaged of ['', '{', '[]', text.slice(0, -20), text.replace('"v":1', '"v":2'), 'x'.repeat(2_000_000)]) {
    write('run/temper/last-known-good.json', damaged);
    assert.equal(kept.load(), null);
  }
});

test('of configs that follow each other fast only the newest is written', (t) => {
  const { paths } = tree(t);
  const clock = new FakeClock();
  const kept = knownGoodIn(paths, clock);
  const first = prefixConfig();
  kept.save(first);
  kept.save(prefixConfig('second'));
  clock.advance(999);
  const newest = memberConfig();
  kept.save(newest);
  assert.deepEqual(kept.load(), first);
  clock.advance(1);
  assert.deepEqual(kept.load(), newest);
});

test('without a disk nothing is kept, nothing fails, and the config goes as an argument', (t) => {
  const { paths, write } = tree(t);
  blockRun(write);
  const clock = new FakeClock();
  const kept = knownGoodIn(paths, clock);
  kept.save(prefixConfig());
  clock.advance(1_000);
  assert.equal(kept.load(), null);
  const options = { paths, program: ['scx'], kconfig: null };
  assert.equal(commandLine(prefixConfig(), options).at(-1), JSON.stringify(prefixConfig().layers));
  assert.equal(commandLine(memberConfig(), options).includes('--members'), false);
  const long = { ...prefixConfig(), layers: [{ comment: 'x'.repeat(200_000) }] };
  assert.throws(() => commandLine(long, options), /too long/);
});

test('the command line names the files that it wrote', (t) => {
  const { paths } = tree(t);
  const line = commandLine(memberConfig([[7n, 1]]), { paths, program: ['scx', '-v'], kconfig: 'the-config' });
  const members = join(paths.run, 'members.json');
  const layers = join(paths.run, 'layers.json');
  assert.deepEqual(line, [
    ...['scx', '-v', '--lo-fb-share', '0.25', '--max-exec-us', '100000'],
    ...['--kconfig', 'the-config', '--members', members],
    `f:${layers}`,
  ]);
  const standby = standbyCommandLine('free', memberConfig([[7n, 1]]), {
    paths,
    program: ['scx', '-v'],
    kconfig: 'the-config',
  });
  assert.deepEqual(standby, [...line.slice(0, 2), '--standby', 'free', ...line.slice(2)]);
  assert.equal(readFileSync(members, 'utf8'), '[{"cgroup":"7","layer":"normal"}]');
  assert.deepEqual(JSON.parse(readFileSync(layers, 'utf8')), memberConfig().layers);
});

test('the kernel is read as it is, and doubt is neither disabled nor enabled', (t) => {
  const { paths, write } = tree(t);
  const kernel = kernelOf(paths);
  assert.deepEqual(kernel.read(), { state: 'absent', ops: null, enableSeq: null, hotplugSeq: null, nrRejected: null });
  write('sys/kernel/sched_ext/state', 'enabled\n');
  write('sys/kernel/sched_ext/root/ops', 'layered_1.1.4_x86_64_unknown_linux_gnu\n');
  write('sys/kernel/sched_ext/enable_seq', '12\n');
  write('sys/kernel/sched_ext/hotplug_seq', 'many\n');
  const reading = kernel.read();
  assert.equal(reading.state, 'enabled');
  assert.equal(reading.ops, 'layered_1.1.4_x86_64_unknown_linux_gnu');
  assert.equal(reading.enableSeq, 12);
  assert.equal(reading.hotplugSeq, null);
  for (const odd of ['', 'on', '\0']) {
    write('sys/kernel/sched_ext/state', odd);
    assert.equal(kernel.read().state, 'unknown');
  }
  rmSync(join(paths.sys, 'kernel/sched_ext/state'));
  mkdirSync(join(paths.sys, 'kernel/sched_ext/state'));
  assert.equal(kernel.read().state, 'unknown', 'unreadable is not absent');
});

test('an orphan has our mark and another parent than it names', async (t) => {
  const { paths, write } = tree(t);
  const processOf = (pid: number, environ: string, parent: number): void => {
    write(`proc/${pid}/environ`, environ);
    write(`proc/${pid}/status`, `Name:\tx\nPid:\t${pid}\nPPid:\t${parent}\n`);
  };
  processOf(10, `A=1\0${MARKER}=5\0`, 1);
  processOf(11, `${MARKER}=5\0`, 5);
  processOf(12, `X${MARKER}=5\0`, 1);
  processOf(13, `A=${MARKER}=5\0`, 1);
  processOf(14, '', 2);
  write('proc/15/status', 'PPid:\t1\n');
  write(`proc/16/environ`, `${MARKER}=5`);
  write('proc/self/environ', `${MARKER}=5\0`);
  assert.deepEqual(await findOrphans(paths), [10]);
});

test('output is kept to its last lines, whatever comes', async () => {
  const tail = new OutputTail();
  const stream = new PassThrough();
  tail.follow(stream);
  for (let index = 0; index < 200; index += 1) stream.write(`line ${index}\n`);
  for (let index = 0; index < 200; index += 1) stream.write('x'.repeat(10_000));
  stream.end();
  await new Promise((resolve) => stream.on('close', resolve));
  const lines = tail.text.split('\n');
  assert.equal(lines.length, 40);
  assert.equal(lines[38], 'line 199');
  assert.equal(lines[39]?.length, 400);
});
