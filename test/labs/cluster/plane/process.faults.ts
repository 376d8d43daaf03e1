import assert from 'node:assert/strict';
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { until } from '../../../support/embedded.ts';
import { startOf } from '../host/up-state.ts';
import { untilHealthy } from './health.ts';
import { startTied } from './process.ts';

/** A lab in a process of its own: it starts one program, says its number, and stays. */
const LAB = `
const { startTied } = await import(process.argv[1]);
const [, , logFile, ...args] = process.argv;
console.log(startTied({ name: 'one', program: args[0], args: args.slice(1), logFile }).pid);
setInterval(() => {}, 1000);`;

function folder(t: TestContext): string {
  const path = mkdtempSync(join(tmpdir(), 'temper-lab-'));
  t.after(() => rmSync(path, { recursive: true }));
  return path;
}

/** @returns the lab, and the number of what it started */
async function startLab(t: TestContext, ...program: string[]): Promise<[lab: ChildProcess, pid: number]> {
  const module = join(import.meta.dirname, 'process.ts');
  const words = ['--input-type=module', '-e', LAB, module, join(folder(t), 'log'), ...program];
  const lab = spawn(process.execPath, words, { stdio: ['ignore', 'pipe', 'inherit'] });
  t.after(() => lab.kill('SIGKILL'));
  const pid = await new Promise<number>((resolve) => lab.stdout.once('data', (text) => resolve(Number(text))));
  return [lab, pid];
}

/** What it has become by now: what ties it runs first. */
const AS_ANOTHER_USER = ['setpriv', '--pdeathsig', 'KILL', '--reuid=65532', '--clear-groups', '--', 'sleep', '300'];

for (const [what, program] of [
  ['a program', ['sleep', '300']],
  ['a program of a pod, of another user', AS_ANOTHER_USER],
] as const) {
  test(`${what} ends with the lab, however that ends`, async (t) => {
    if (program.length > 2 && process.getuid?.() !== 0) return t.skip('only root can be somebody else');
    const [lab, pid] = await startLab(t, ...program);
    await until('it sleeps', () => readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === 'sleep');
    assert.notEqual(startOf(pid), null);
    lab.kill('SIGKILL');
    await until('it is gone', () => startOf(pid) === null);
  });
}

test('who waits for a program that ends hears so at once, with its last words', async (t) => {
  const logFile = join(folder(t), 'log');
  const running = startTied({ name: 'broken', program: 'sh', args: ['-c', 'echo no such flag; exit 3'], logFile });
  await assert.rejects(untilHealthy(running, 'http://127.0.0.1:1/', 60_000), /broken ended with 3[\s\S]*no such flag/);
});
