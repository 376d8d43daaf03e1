import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { built } from '../../../../charts/helm.ts';
import { blocks } from '../../../../docs/pages.ts';
import type { Ctx } from '../../../../e2e/case.ts';

const REPOSITORY = join(import.meta.dirname, '../../../../..');

/** What only the lab needs beside a page's values: none of the times that a person would give a rollout. */
const BRISK = '--set agent.update.minReadySeconds=0 --set service.drainMs=500';

/** The blocks of a page that this lab runs, in their order. */
export const blocksOf = (page: string): string[] =>
  blocks()
    .filter(({ file, test }) => file === page && test === 'by lab:cluster')
    .map(({ text }) => text);

/** What a page says of the cluster, after the block with these words. `printed`: by the block. */
export type Said = readonly [words: string, check: (ctx: Ctx, printed: string) => Promise<void> | void];

/** Runs the blocks one after the other, and looks after each whether what the page says is so. */
export async function follow(ctx: Ctx, steps: readonly string[], said: readonly Said[]): Promise<void> {
  const run = shell(ctx);
  // Nothing of a release stays, wherever it stops.
  ctx.after(() => run('helm uninstall temper --namespace temper --no-hooks --ignore-not-found --wait --timeout 2m'));
  const left = new Set(said);
  for (const block of steps) {
    const began = performance.now();
    const printed = await run(block);
    ctx.log(printed);
    const line = block.split('\n').find((one) => !one.startsWith('export')) ?? '';
    ctx.figure(line.slice(0, 80), Math.round((performance.now() - began) / 100) / 10, 's');
    for (const one of said.filter(([words]) => block.includes(words))) {
      await one[1](ctx, printed);
      left.delete(one);
    }
  }
  const words = [...left].map(([one]) => one);
  assert.deepEqual(words, [], 'words that no block has');
}

/** Of somebody who has installed what the page asks for. Blocks share what they export, and nothing else. */
function shell(ctx: Ctx): (block: string) => Promise<string> {
  const bin = ctx.artifact('bin');
  const home = ctx.artifact('home');
  for (const folder of [bin, home]) mkdirSync(folder, { recursive: true });
  writeFileSync(join(home, 'kubeconfig'), ctx.cluster.kubeconfig, { mode: 0o600 });
  const program = (name: string, line: string): void => {
    writeFileSync(join(bin, name), `#!/bin/sh\n${line}\n`);
    chmodSync(join(bin, name), 0o755);
  };
  program('kubectl', `exec ${built('kubectl')} --cache-dir=${home}/kubectl "$@"`);
  program('helm', `[ "$1" != install ] || exec ${built('helm')} "$@" ${BRISK}\nexec ${built('helm')} "$@"`);
  program('temper-cli', `exec ${process.execPath} ${REPOSITORY}/src/cli/main.ts "$@"`);
  const env = {
    PATH: [bin, process.env['PATH']].join(delimiter),
    HOME: home,
    KUBECONFIG: join(home, 'kubeconfig'),
  };
  let exported = '';
  return async (block) => {
    const output = await bash(`${exported}${block}`, env);
    for (const [line] of block.matchAll(/^export .*$/gm)) exported += `${line}\n`;
    return output;
  };
}

/** @returns what it printed @throws with that, where a command fails */
function bash(script: string, env: Readonly<Record<string, string>>): Promise<string> {
  return new Promise((resolve, reject) => {
    const args = ['--norc', '-euo', 'pipefail', '-c', script];
    const child = spawn('bash', args, { cwd: REPOSITORY, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text: string) => {
        output += text;
      });
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(output);
      else reject(new Error(`exit code ${code} of\n${script.trim()}\n${output}`));
    });
  });
}
