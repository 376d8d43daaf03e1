// The demo as a newcomer meets it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { until } from '../support/embedded.ts';

const SMALL = ['--nodes', '6', '--pods', '120'];

function demo(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['demo/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

async function output(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  assert.ok(child.stdout && child.stderr);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr };
}

test('-o json has data alone on stdout, and temper places no fewer pods', async () => {
  const { code, stdout, stderr } = await output(demo('--once', ...SMALL, '-o', 'json'));
  assert.equal(code, 0, stderr);
  const { off, on, explain } = JSON.parse(stdout) as {
    off: { podsPlaced: number; podsPending: number; nodesDemoted: number };
    on: { podsPlaced: number; nodesDemoted: number; latencyMs: { mutate: { count: number } } };
    explain: unknown[];
  };
  assert.equal(off.podsPlaced + off.podsPending, 120);
  assert.ok(on.podsPlaced >= off.podsPlaced);
  assert.ok(on.nodesDemoted <= off.nodesDemoted);
  assert.ok(on.latencyMs.mutate.count > 50, 'the real webhook was called');
  assert.equal(explain.length, 3);
  assert.match(stderr, /temper on: 120 of 120 pods\n/, 'plain lines in a pipe');
  assert.ok(!stderr.includes('\r'));
});

test('without --once it stays up, serves what it names, and Ctrl-C ends it and all it started', async () => {
  const child = demo(...SMALL);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stdout?.resume();
  await until('it invites', () => said.includes('Ctrl-C ends it'), 60_000);
  const urls = said.match(/http:\/\/\S+/g) ?? [];
  assert.ok(urls.length >= 5, said);
  for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  await assert.rejects(fetch(urls[0] ?? ''), 'the service is gone, too');
});

test('wrong use is told in words, with the code for it', async () => {
  for (const args of [
    ['--nodes', '0'],
    ['--padding', 'much'],
    ['--sede', '1'],
    ['-o', 'xml'],
  ]) {
    const { code, stderr } = await output(demo(...args));
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /error:/);
  }
});
