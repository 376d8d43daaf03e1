import { type ChildProcess, spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import type { DoubleFaults } from '../../../double/faults.ts';
import type { HostTree } from '../../../support/host-tree.ts';

const DOUBLE = join(import.meta.dirname, '../../../double/scx-layered.ts');

export interface Started {
  readonly child: ChildProcess;
  /** All that it printed so far, both streams. */
  readonly output: () => string;
}

export interface Start {
  /** JSON, or a text that is none. */
  readonly config: unknown;
  /** Before the config. */
  readonly words?: readonly string[];
  readonly faults?: DoubleFaults;
  /** @default stock */
  readonly binary?: 'stock' | 'patched';
}

export function startDouble(
  t: TestContext,
  host: HostTree,
  { config, words = [], faults = {}, binary = 'stock' }: Start,
): Started {
  const file = join(host.root, 'layers.json');
  const faultFile = join(host.root, 'faults.json');
  writeFileSync(faultFile, JSON.stringify(faults));
  writeFileSync(file, typeof config === 'string' ? config : JSON.stringify(config));
  const child = spawn(process.execPath, [DOUBLE, ...words, `f:${file}`], {
    env: {
      DOUBLE_ROOT: host.root,
      DOUBLE_SOCKET: host.paths.statsSocket,
      DOUBLE_FAULTS: faultFile,
      DOUBLE_BINARY: binary,
    },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output += text;
    });
  }
  t.after(() => child.kill('SIGKILL'));
  return { child, output: () => output };
}
