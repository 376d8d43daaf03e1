// The demo as a newcomer meets it.
import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { type TestContext, test } from 'node:test';
import { until } from '../support/embedded.ts';

const SMALL = ['--nodes', '6', '--pods', '120'];

function demo(...args: string[]): ChildProcess {
  return spawn(process.execPath, ['demo/main.ts', ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
}

/** The demo with a directory for its temporary files, which is in the command line or environment of all that it starts. */
function traced(t: TestContext, ...args: string[]) {
  const folder = mkdtempSync(join(tmpdir(), 'temper-demo-test-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const env = { ...process.env, TMPDIR: folder };
  const child = spawn(process.execPath, ['demo/main.ts', ...args], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  t.after(() => child.kill('SIGKILL'));
  const of = (pid: string): string => {
    try {
      return ['cmdline', 'environ'].map((file) => readFileSync(`/proc/${pid}/${file}`, 'latin1')).join();
    } catch {
      return '';
    }
  };
  const processes = (): string[] => readdirSync('/proc').filter((pid) => /^\d+$/.test(pid) && of(pid).includes(folder));
  return { child, files: () => readdirSync(folder), processes };
}

async function output(child: ChildProcess): Promise<{ code: number | null; stdout: string; stderr: string }> {
  assert.ok(child.stdout && child.stderr);
  const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'exit')]);
  return { code, stdout, stderr };
}

interface Arm {
  readonly podsPlaced: number;
  readonly podsPending: number;
  readonly nodesDemoted: number;
  readonly latencyMs: { readonly mutate: { readonly count: number } };
  readonly unanswered: number;
}

interface Report {
  readonly off: Arm;
  readonly on: Arm;
  readonly explain: readonly unknown[];
  readonly agents: { readonly nodes: readonly string[]; readonly refused: string | null };
  readonly scene: {
    readonly steps: ReadonlyArray<{ readonly outcome: string; readonly ms: number | null; readonly status: string }>;
    readonly problem: string | null;
  };
}

const LIMIT = { timeout: 600_000 };
const untimed = ({ latencyMs: _, ...figures }: Arm) => figures;

test('-o json has data alone on stdout, temper places no fewer pods, and the scene is seen', LIMIT, async (t) => {
  const { code, stdout, stderr } = await output(demo('--once', ...SMALL, '-o', 'json'));
  assert.equal(code, 0, stderr);
  const { off, on, explain, agents, scene } = JSON.parse(stdout) as Report;
  assert.equal(off.podsPlaced + off.podsPending, 120);
  assert.ok(on.podsPlaced >= off.podsPlaced);
  assert.ok(on.nodesDemoted <= off.nodesDemoted);
  assert.ok(on.latencyMs.mutate.count > 50, 'the real webhook was called');
  assert.equal(explain.length, 3);
  assert.match(stderr, /temper on: 120 of 120 pods\n/, 'plain lines in a pipe');
  assert.ok(!stderr.includes('\r'));

  assert.deepEqual([agents.nodes.length, agents.refused, scene.problem], [2, null, null]);
  const seen = scene.steps.map(({ outcome }) => outcome);
  for (const outcome of ['enforcing, Critical demoted', 'enforcing, none demoted', 'on stock', 'enforcing again']) {
    assert.ok(seen.includes(outcome), `${outcome} in ${seen}`);
  }
  for (const { outcome, ms } of scene.steps) {
    // The double takes a second to load: what is seen sooner is the attach before.
    assert.ok(ms !== null && ms >= (outcome.startsWith('enforcing') ? 1_000 : 0), `${outcome}: ${ms}`);
  }
  assert.ok(scene.steps.some(({ status }) => status.startsWith('enforcing: critical demoted: Critical pods need')));

  // What the extender reads is the same, whoever wrote it; a machine too busy to answer proves nothing either way.
  const simulated = await output(demo('--once', ...SMALL, '--agents', '0', '-o', 'json'));
  assert.equal(simulated.code, 0, simulated.stderr);
  const other = JSON.parse(simulated.stdout) as Report;
  assert.deepEqual(other.scene.steps, []);
  if (on.unanswered + other.on.unanswered > 0) t.diagnostic('calls were not answered in time: figures not compared');
  else assert.deepEqual(untimed(on), untimed(other.on));
});

test('Ctrl-C in the middle leaves no process and no file', LIMIT, async (t) => {
  const { child, files, processes } = traced(t, ...SMALL);
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stdout?.resume();
  await until('the scene begins', () => said.includes('scene on'), 300_000);
  assert.ok(files().length >= 3, 'two hosts and the files of the service');
  assert.ok(processes().length >= 4, 'itself, the service and two agents');
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  assert.deepEqual(await ended, [130, null], said);
  await until('all that it started has ended', () => processes().length === 0);
  assert.deepEqual(files(), []);
});

test('without --once it stays up, serves what it names, and Ctrl-C ends it and all it started', LIMIT, async (t) => {
  // All pods are on the one node that the scene drains.
  const { child, files, processes } = traced(t, '--nodes', '1', '--pods', '12');
  let said = '';
  child.stderr?.on('data', (chunk: Buffer) => {
    said += chunk;
  });
  child.stdout?.resume();
  await until('it invites', () => said.includes('Ctrl-C ends it'), 400_000);
  const urls = said.match(/http:\/\/\S+/g) ?? [];
  assert.ok(urls.length >= 6, said);
  for (const url of urls) assert.equal((await fetch(url)).status, 200, url);
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  assert.deepEqual(await ended, [0, null]);
  await assert.rejects(fetch(urls[0] ?? ''), 'the service is gone, too');
  await until('all that it started has ended', () => processes().length === 0);
  assert.deepEqual(files(), []);
});

test('wrong use is told in words, with the code for it', async () => {
  for (const args of [
    ['--nodes', '0'],
    ['--padding', 'much'],
    ['--sede', '1'],
    ['--agents', '99'],
    ['-o', 'xml'],
  ]) {
    const { code, stderr } = await output(demo(...args));
    assert.equal(code, 2, args.join(' '));
    assert.match(stderr, /error:/);
  }
});
