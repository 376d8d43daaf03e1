import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { growPart } from '../../scripts/making/cache.ts';
import { goBuild, needGo } from '../../test/labs/cluster/parts/go.ts';

/** A Go program that answers as the service does, and does no more: what the service is measured beside. */
export interface Peer {
  readonly pid: number;
  readonly port: number;
  stop(): Promise<void>;
}

const MODULE = join(import.meta.dirname, 'peer');
const FLAGS = ['-trimpath', '-buildvcs=false', '-ldflags=-s -w'];

/** Built as the lab builds Kubernetes. @returns its path */
export async function buildPeer(cache: string, say: (text: string) => void): Promise<string> {
  const sources = globSync('*', { cwd: MODULE }).sort();
  const texts = sources.map((name) => readFileSync(join(MODULE, name), 'utf8'));
  const hash = createHash('sha256')
    .update(JSON.stringify([needGo(), FLAGS, texts]))
    .digest('hex');
  const name = `peer-${hash.slice(0, 16)}`;
  const folder = await growPart(cache, name, (growing) => {
    const args = [...FLAGS, '-o', join(growing, 'peer'), '.'];
    return goBuild({ cache, module: MODULE, args, made: join(cache, name), say });
  });
  return join(folder, 'peer');
}

/** It ends with this process: its standard input is ours. */
export async function startPeer(program: string, args: readonly string[]): Promise<Peer> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  const failed = ended.then(([code]) => Promise.reject(new Error(`the peer ended with ${code}`)));
  failed.catch(() => {});
  const [line] = (await Promise.race([once(createInterface({ input: child.stdout }), 'line'), failed])) as [string];
  return {
    pid: child.pid ?? 0,
    port: Number(line),
    async stop() {
      child.stdin.end();
      await ended;
    },
  };
}
