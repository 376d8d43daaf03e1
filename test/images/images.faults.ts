// A root as the script assembles it runs by itself, and packs to the same bytes each time.
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { pack } from '../../scripts/images/archive.ts';
import { assemble } from '../../scripts/images/rootfs.ts';
import { IMAGES } from '../../scripts/images/table.ts';

const folder = mkdtempSync(join(tmpdir(), 'temper-images-'));
after(() => rmSync(folder, { recursive: true }));

const dist = join(folder, 'dist');
mkdirSync(join(dist, 'cli'), { recursive: true });
for (const name of ['agent.mjs', 'service.mjs', 'kube-config.mjs', 'cli/temper-cli.mjs'])
  writeFileSync(join(dist, name), 'console.log(process.argv.slice(2).join());');

const parts = { dist, node: process.execPath };
const chroot = (root: string, ...args: string[]) =>
  spawnSync('/usr/sbin/chroot', [root, ...args], { encoding: 'utf8', env: { PATH: '/usr/bin' } });

test('a root runs by itself', { skip: process.getuid?.() !== 0 && 'only root may chroot' }, () => {
  const cli = join(folder, 'cli');
  assemble(IMAGES['temper-cli'], cli, parts);
  assert.equal(chroot(cli, ...IMAGES['temper-cli'].entrypoint, 'check').stdout, 'check\n');
  const agent = join(folder, 'agent');
  // Any program stands for the scheduler here.
  assemble(IMAGES['temper-agent'], agent, { ...parts, scheduler: '/usr/bin/env' });
  assert.equal(chroot(agent, ...IMAGES['temper-agent'].entrypoint, '--help').stdout, '--help\n');
  assert.equal(
    chroot(agent, 'setpriv', '--pdeathsig', 'KILL', 'nice', '-n', '1', 'sh', '-c', 'echo tied').stdout,
    'tied\n',
  );
});

test('the same files give the same image', () => {
  const digests = ['one', 'two'].map((name) => {
    const root = join(folder, name, 'root');
    assemble(IMAGES['temper-cli'], root, parts);
    return pack(IMAGES['temper-cli'], root, '1', 1_700_000_000, join(folder, name));
  });
  assert.equal(digests[0], digests[1]);
  const archives = ['one', 'two'].map((name) => readFileSync(join(folder, name, 'temper-cli.tar')));
  assert.ok(archives[0]?.equals(archives[1] ?? Buffer.alloc(0)));
});

test('what is missing is told', () => {
  assert.throws(() => assemble(IMAGES['temper-agent'], join(folder, 'none'), parts), /--scheduler PATH/);
  assert.throws(
    () => assemble(IMAGES['temper-service'], join(folder, 'empty'), { ...parts, dist: folder }),
    /npm run build/,
  );
});
