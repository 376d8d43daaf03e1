import assert from 'node:assert/strict';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { kconfigFile } from '../../../agent/gate/kconfig-file.ts';
import { KCONFIG_SYMBOLS, kernelOption, readTickMs } from '../../../agent/gate/kernel-config.ts';
import { type HostTree, hostTree, KERNEL_CONFIG } from '../../support/host-tree.ts';

const COPY = 'run/temper/kconfig-7.3.4-test';

/** The answer, with its path from the tree's root on. */
async function ask(tree: HostTree): Promise<string> {
  const answer = await kconfigFile(tree.paths);
  return ('path' in answer ? answer.path : `problem: ${answer.problem}`).replaceAll(`${tree.root}/`, '');
}

function treeFor(t: { after(fn: () => void): void }): HostTree {
  const tree = hostTree({ cpus: 1 });
  t.after(() => tree.dispose());
  return tree;
}

test("the kernel's own archive is unpacked into the run directory", async (t) => {
  const tree = treeFor(t);
  assert.equal(await ask(tree), COPY);
  assert.equal(readFileSync(join(tree.root, COPY), 'utf8'), KERNEL_CONFIG);
  assert.deepEqual(readdirSync(tree.paths.run), ['kconfig-7.3.4-test'], 'nothing half written stays');
});

test('the run directory is made where it is missing', async (t) => {
  const tree = treeFor(t);
  tree.remove('run');
  assert.equal(await ask(tree), COPY);
});

test('a plain file of the system is used as it is', async (t) => {
  const tree = treeFor(t);
  tree.remove('proc/config.gz');
  assert.equal(await ask(tree), 'boot/config-7.3.4-test');
  assert.deepEqual(readdirSync(tree.paths.run), []);
});

test('of a kernel that cannot be preempted the copy says so, since every symbol must be defined', async (t) => {
  for (const line of ['', '# CONFIG_PREEMPT_RCU is not set']) {
    const tree = treeFor(t);
    tree.remove('proc/config.gz');
    tree.write('boot/config-7.3.4-test', KERNEL_CONFIG.replace('CONFIG_PREEMPT_RCU=y', line).trimEnd());
    assert.equal(await ask(tree), COPY);
    const text = readFileSync(join(tree.root, COPY), 'utf8');
    assert.match(text, /^CONFIG_PREEMPT_RCU=n$/m);
    for (const symbol of KCONFIG_SYMBOLS) assert.match(text, new RegExp(`^${symbol}=.+$`, 'm'));
  }
});

test('a copy is written once, and again where it differs', async (t) => {
  const tree = treeFor(t);
  await ask(tree);
  const first = statSync(join(tree.root, COPY)).ino;
  await ask(tree);
  assert.equal(statSync(join(tree.root, COPY)).ino, first);
  for (const other of ['CONFIG_HZ=1\n', `${KERNEL_CONFIG}CONFIG_X=y\n`, '']) {
    tree.write(COPY, other);
    assert.equal(await ask(tree), COPY);
    assert.equal(readFileSync(join(tree.root, COPY), 'utf8'), KERNEL_CONFIG);
  }
});

test('refusals carry their reason', async (t) => {
  const table: [sick: (tree: HostTree) => void, answer: string][] = [
    [
      (tree) => {
        tree.remove('proc/config.gz');
        tree.remove('boot');
      },
      'problem: none of proc/config.gz, boot/config-7.3.4-test, lib/modules/7.3.4-test/config is there',
    ],
    [
      (tree) => tree.setKernelConfig('CONFIG_HZ=100\n'),
      'problem: proc/config.gz does not define CONFIG_CC_VERSION_TEXT, CONFIG_LOCALVERSION',
    ],
    [
      (tree) => {
        tree.remove('run/temper');
        tree.write('run/temper', 'a file');
      },
      `problem: ${COPY} cannot be written: EEXIST`,
    ],
    [(tree) => tree.write(`${COPY}/x`, 'a directory'), `problem: ${COPY} cannot be written: it is a directory`],
  ];
  for (const [sick, answer] of table) {
    const tree = treeFor(t);
    sick(tree);
    assert.equal(await ask(tree), answer);
  }
});

test('the time between two ticks; the slowest where it is not told', async (t) => {
  const tree = treeFor(t);
  assert.equal(await readTickMs(tree.paths), 4);
  for (const [text, ms] of [
    ['CONFIG_HZ=1000\n', 1],
    ['CONFIG_HZ=many\n', 10],
    ['CONFIG_A=y\n', 10],
  ] as const) {
    tree.setKernelConfig(text);
    assert.equal(await readTickMs(tree.paths), ms, text);
  }
});

test('options as a config writes them', () => {
  const text = 'CONFIG_A=y\n# CONFIG_B is not set\nCONFIG_C="a b"\n#CONFIG_D=y\nCONFIG_E=\n';
  assert.deepEqual(
    (['A', 'B', 'C', 'D', 'E', 'F'] as const).map((name) => kernelOption(text, `CONFIG_${name}`)),
    ['y', 'n', '"a b"', null, '', null],
  );
});
