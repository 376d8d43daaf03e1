import assert from 'node:assert/strict';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import type { GateReport } from '../../../agent/gate/gate.ts';
import { gateSummary } from '../../../agent/gate/report.ts';
import { gateOf, runGate } from '../../../agent/gate/run-gate.ts';
import { MACHINE_CHECKS, PROCESS_CHECKS } from '../../../agent/gate/table.ts';
import { statusText } from '../../../agent/status.ts';
import { ERRORS } from '../../../src/model/errors.ts';
import { type HostTree, hostTree, KERNEL_CONFIG } from '../../support/host-tree.ts';
import { binariesOf, unreadable } from './cases.ts';

const ALL = [...MACHINE_CHECKS, ...PROCESS_CHECKS];

function treeFor(t: { after(fn: () => void): void }): HostTree {
  const tree = hostTree({ cpus: 2 });
  t.after(() => tree.dispose());
  return tree;
}

test('a healthy host passes every check, and nothing is to be done', async (t) => {
  const tree = treeFor(t);
  const report = await runGate(tree.paths, { agent: binariesOf(tree) });
  assert.deepEqual(
    report.checks.map(({ id, check, verdict, remedy }) => ({ id, check, verdict, remedy })),
    ALL.map(({ id, name }) => ({ id, check: name, verdict: 'pass', remedy: null })),
  );
  assert.equal(report.refusal, null);
  assert.equal(gateSummary(report), null);
});

test('ids and names are unique, ids are those of the gate, and each has its entry among the errors', () => {
  assert.equal(new Set(ALL.map(({ id }) => id)).size, ALL.length);
  assert.equal(new Set(ALL.map(({ name }) => name)).size, ALL.length);
  const gateIds = Object.keys(ERRORS).filter((id) => /^TMP30([1-4]\d|9[01])$/.test(id));
  assert.deepEqual(ALL.map(({ id }) => id).toSorted(), gateIds.toSorted());
  for (const { name } of ALL) assert.match(name, /^[a-z0-9-]{1,32}$/, 'it is a label of a metric');
});

test('each check has a test that passes and one that does not', () => {
  const dir = import.meta.dirname;
  const texts = readdirSync(dir).map((name) => readFileSync(join(dir, name), 'utf8'));
  const text = texts.join('\n');
  for (const { name } of ALL) {
    const cases = text.split(`gateCases('${name}', [`)[1]?.split('\n]);')[0] ?? '';
    assert.match(cases, /verdict: 'pass'/, name);
    // What nobody has tested is not refused.
    assert.match(cases, name.startsWith('tested-') ? /verdict: 'warn'/ : /verdict: 'fail'/, name);
  }
});

test('before an installation only the machine is judged', async (t) => {
  const tree = treeFor(t);
  tree.remove('proc/self/status');
  tree.remove('usr/bin');
  const report = await runGate(tree.paths, { agent: null });
  assert.deepEqual(
    report.checks.map(({ check }) => check),
    MACHINE_CHECKS.map(({ name }) => name),
  );
  assert.equal(report.refusal, null);
});

test('the status names the first refusal and counts the others', async (t) => {
  const tree = treeFor(t);
  tree.setOnline('0');
  const options = { agent: binariesOf(tree) };
  const one = gateSummary(await runGate(tree.paths, options));
  assert.deepEqual(one, { word: 'unsupported', reason: 'CPU 1 offline' });
  assert.equal(one && statusText(one), 'unsupported: CPU 1 offline');
  tree.setScheduler('lavd_1');
  tree.remove('sys/kernel/btf');
  assert.deepEqual(gateSummary(await runGate(tree.paths, options)), {
    word: 'unsupported',
    reason: 'another sched_ext scheduler is attached: "lavd_1" (and 2 more)',
  });
});

test('a kernel without sched_ext is one cause, however many checks it fails', async (t) => {
  const tree = treeFor(t);
  tree.remove('sys/kernel/sched_ext');
  tree.setKernelConfig(KERNEL_CONFIG.replace('CONFIG_SCHED_CLASS_EXT=y', '# CONFIG_SCHED_CLASS_EXT is not set'));
  const options = { agent: binariesOf(tree) };
  const reason = 'kernel 7.3.4-test has no sched_ext: it is built without CONFIG_SCHED_CLASS_EXT';
  assert.deepEqual(gateSummary(await runGate(tree.paths, options)), { word: 'unsupported', reason });
  tree.remove('sys/kernel/btf');
  assert.deepEqual(gateSummary(await runGate(tree.paths, options)), {
    word: 'unsupported',
    reason: `${reason} (and 1 more)`,
  });
});

test('checks that fail with the same words count as one cause', async (t) => {
  const tree = treeFor(t);
  tree.write('sys/devices/system/cpu/possible', 'many');
  const { checks, ...report } = await runGate(tree.paths, { agent: null });
  assert.equal(checks.filter(({ verdict }) => verdict === 'fail').length, 3);
  const summary = gateSummary({ checks, ...report });
  assert.equal(summary?.reason, '/sys/devices/system/cpu/possible says "many", which is no list of CPUs');
});

test('a warning shuts no gate', async (t) => {
  const tree = treeFor(t);
  tree.write('proc/meminfo', `MemAvailable: ${300 * 1024} kB`);
  const report = await runGate(tree.paths, { agent: binariesOf(tree) });
  const memory = report.checks.find(({ check }) => check === 'memory');
  assert.equal(memory?.verdict, 'warn');
  assert.equal(memory?.remedy, ERRORS.TMP3029.remedy);
  assert.equal(report.refusal, null);
});

test('a gate that is met later opens, asked again', async (t) => {
  const tree = treeFor(t);
  const ask = gateOf(tree.paths, { agent: binariesOf(tree) });
  tree.setScheduler('lavd_1');
  tree.setOnline('0');
  assert.notEqual((await ask()).refusal, null);
  tree.setScheduler(null);
  assert.equal((await ask()).refusal, 'CPU 1 offline');
  tree.setOnline('0-1');
  assert.equal((await ask()).refusal, null);
});

test("a kernel's config is kept once it has been read, and looked for until then", async (t) => {
  const tree = treeFor(t);
  const ask = gateOf(tree.paths, { agent: null });
  tree.remove('proc/config.gz');
  tree.remove('boot');
  assert.match((await ask()).refusal ?? '', /^the kernel config is not readable/);
  tree.setKernelConfig(KERNEL_CONFIG);
  assert.equal((await ask()).refusal, null);
  tree.remove('proc/config.gz');
  tree.remove('boot');
  assert.equal((await ask()).refusal, null);
});

test('whatever lies in the files, the gate answers, with one line for each check', async (t) => {
  const tree = treeFor(t);
  tree.setScheduler('layered_1');
  const files = filesBelow(tree.root).filter((path) => !path.includes('kubepods'));
  const contents = new Map(files.map((path) => [path, readFileSync(join(tree.root, path))]));
  const garbage = fc.oneof(
    fc.constant(null),
    fc.constant('directory' as const),
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.string({ unit: 'binary', maxLength: 200 }).map((text) => Buffer.from(text)),
  );
  const sickness = fc.uniqueArray(fc.tuple(fc.constantFrom(...files), garbage), {
    minLength: 1,
    maxLength: 6,
    selector: ([path]) => path,
  });
  await fc.assert(
    fc.asyncProperty(sickness, async (sick) => {
      for (const [path, what] of sick) {
        if (what === null) tree.remove(path);
        else if (what === 'directory') unreadable(path)(tree);
        else writeFileSync(join(tree.root, path), what);
      }
      try {
        holds(await runGate(tree.paths, { agent: binariesOf(tree) }));
      } finally {
        for (const [path] of sick) {
          tree.remove(path);
          tree.write(path, contents.get(path) ?? '');
        }
      }
    }),
    { numRuns: 150 },
  );
});

function holds({ checks, refusal }: GateReport): void {
  assert.equal(checks.length, ALL.length);
  for (const { verdict, reason, remedy } of checks) {
    assert.equal(verdict === 'pass', remedy === null);
    assert.ok(reason.length > 0 && reason.length < 1000, reason);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: it is what must not be there
    assert.doesNotMatch(reason, /[\u0000-\u001f]/, 'a status is one line');
  }
  assert.equal(refusal, checks.find(({ verdict }) => verdict === 'fail')?.reason ?? null);
}

function filesBelow(root: string): string[] {
  return readdirSync(root, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.startsWith('scx_') && entry.name !== 'setpriv')
    .map((entry) => join(entry.parentPath, entry.name).slice(root.length + 1));
}
