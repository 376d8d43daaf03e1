import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { hostPaths } from '../../agent/host/paths.ts';
import type { DoubleFaults } from '../double/faults.ts';
import { aliveIn, playKernel } from '../double/play-kernel.ts';
import { replaceFile } from '../double/replace-file.ts';
import { until } from './embedded.ts';
import { type HostTree, type HostTreeOptions, hostTree } from './host-tree.ts';

/** The real agent in a process of its own, on a host of files, with the double in place of scx_layered. */
export interface AgentProcess {
  readonly host: HostTree;
  readonly child: ChildProcess;
  /** Its latest log lines. */
  readonly log: readonly string[];
  /** Resolves with the ports once it serves. */
  readonly ports: Promise<{ readonly http: number; readonly grpc: number }>;
  /** How the double fails from now on. */
  fault(faults: DoubleFaults): void;
  /** Makes a pod's cgroups, with processes in them. @returns removes them */
  addCgroup(uid: string, qos: 'burstable' | 'besteffort' | null, pids: readonly number[]): () => void;
  /** Sets its wall clock off by so much, and resolves when that is in force; only with `clockJumps`. */
  setClockOff(ms: number): Promise<void>;
  /** Asks it to end and waits. */
  end(): Promise<number | null>;
  /** Ends what is left of it; its host stays for another. */
  release(): Promise<void>;
  /** Ends what is left of it and removes its files. */
  dispose(): Promise<void>;
}

export interface AgentProcessOptions extends HostTreeOptions {
  /** Text of the kubeconfig; null where `flags` and `environment` say how the API server is reached. */
  readonly kubeconfig: string | null;
  readonly node: string;
  /** Flags beyond those that every test needs. */
  readonly flags?: readonly string[];
  /** A host that another agent has left. */
  readonly host?: HostTree;
  /** @default 'agent/main.ts' */
  readonly entry?: string;
  /** Options of Node. @default none */
  readonly nodeFlags?: readonly string[];
  /** Beyond PATH. @default none */
  readonly environment?: Readonly<Record<string, string>>;
  /** What it is run by: a program with its arguments that becomes it, e.g. `['unshare', '-m']`. @default none */
  readonly by?: readonly string[];
  /** Its wall clock can be set. */
  readonly clockJumps?: boolean;
  /** Which binary the double plays: only the patched one can be changed while it runs. @default 'stock' */
  readonly binary?: 'stock' | 'patched';
}

const MAX_LOG_LINES = 400;
const DOUBLE = join(import.meta.dirname, '../double/scx-layered.ts');
const CLOCK = join(import.meta.dirname, 'jumping-clock.ts');
const CONTAINER = 'c'.repeat(64);

export function startAgentProcess(options: AgentProcessOptions): AgentProcess {
  const { kubeconfig, node, flags = [], host = hostTree(options), entry = 'agent/main.ts' } = options;
  const { nodeFlags = [], environment = {}, by = [] } = options;
  const faultFile = join(host.root, 'faults.json');
  installDouble(host, faultFile, options.binary ?? 'stock');
  const stopKernel = playKernel(host.paths, aliveIn(hostPaths().proc));
  const kubeconfigFile = join(host.root, 'kubeconfig');
  if (kubeconfig !== null) writeFileSync(kubeconfigFile, kubeconfig);
  const settings = {
    ...(kubeconfig !== null && { 'kube-kubeconfig': kubeconfigFile }),
    'node-name': node,
    'node-root': host.root,
    'scheduler-binary': host.binaries.scheduler,
    'scheduler-debounce-ms': '50',
    'scheduler-hold-ms': '0',
    'server-host': '127.0.0.1',
    'server-port': '0',
    'server-grpc-port': '0',
  };
  const args = Object.entries(settings).map(([flag, value]) => `--${flag}=${value}`);
  const clockFile = join(host.root, 'clock-off');
  writeFileSync(`${clockFile}.seen`, '0');
  const preload = options.clockJumps ? ['--import', CLOCK] : [];
  const [program = '', ...rest] = [...by, process.execPath, ...nodeFlags, ...preload, entry, ...args, ...flags];
  // The channel ties it to this process: it ends when its parent is gone, however that ended.
  const child = spawn(program, rest, {
    env: { ...environment, PATH: process.env['PATH'], CLOCK_OFFSET_FILE: clockFile },
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
  });
  const release = async (): Promise<void> => {
    await end(child, 'SIGKILL');
    stopKernel();
  };
  const log: string[] = [];
  return {
    host,
    child,
    log,
    ports: follow(child, log),
    fault: (faults) => replaceFile(faultFile, JSON.stringify(faults)),
    addCgroup: (uid, qos, pids) => addCgroup(host, uid, qos, pids),
    setClockOff(ms) {
      replaceFile(clockFile, String(ms));
      return until(`a clock off by ${ms} ms`, () => readFileSync(`${clockFile}.seen`, 'utf8') === String(ms));
    },
    end: () => end(child, 'SIGTERM'),
    release,
    async dispose() {
      await release();
      host.dispose();
    },
  };
}

function installDouble(host: HostTree, faultFile: string, binary: 'stock' | 'patched'): void {
  const variables = {
    DOUBLE_ROOT: host.root,
    DOUBLE_SOCKET: host.paths.statsSocket,
    DOUBLE_FAULTS: faultFile,
    DOUBLE_BINARY: binary,
  };
  const words = Object.entries(variables).map(([name, value]) => `${name}='${value}'`);
  // What it says of itself is the real binary's; the rest of it is the double.
  const help = binary === 'patched' ? '--members <FILE>' : 'Usage: scx_layered';
  const asked = `case "$1" in --version) echo 'scx_layered 1.1.4'; exit;; --help) echo '${help}' >&2; exit 255;; esac`;
  const script = `#!/bin/sh\n${asked}\nexec env ${words.join(' ')} '${process.execPath}' '${DOUBLE}' "$@"\n`;
  writeFileSync(host.binaries.scheduler, script);
  chmodSync(host.binaries.scheduler, 0o755);
}

function addCgroup(host: HostTree, uid: string, qos: 'burstable' | 'besteffort' | null, pids: readonly number[]) {
  const name = uid.replaceAll('-', '_');
  const [parent, pod] =
    qos === null
      ? ['kubepods.slice', `kubepods-pod${name}.slice`]
      : [`kubepods.slice/kubepods-${qos}.slice`, `kubepods-${qos}-pod${name}.slice`];
  const folder = join(host.paths.cgroup, parent, pod);
  const container = join(folder, `cri-containerd-${CONTAINER}.scope`);
  mkdirSync(container, { recursive: true });
  writeFileSync(join(container, 'cgroup.procs'), pids.map((pid) => `${pid}\n`).join(''));
  writeFileSync(join(folder, 'pids.current'), `${pids.length}\n`);
  return () => rmSync(folder, { recursive: true, force: true });
}

function follow(child: ChildProcess, log: string[]): AgentProcess['ports'] {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        log.push(line);
        if (log.length > MAX_LOG_LINES) log.shift();
        if (line.includes('the agent runs')) resolve(JSON.parse(line));
      });
    }
    child.once('exit', (code) => reject(new Error(`the agent ended with ${code}\n${log.join('\n')}`)));
  });
}

async function end(child: ChildProcess, signal: NodeJS.Signals): Promise<number | null> {
  // Its pipes too: Node may spin at the end of a test file whose child's channel is still being closed.
  const closed = once(child, 'close');
  const hasEnded = child.exitCode !== null || child.signalCode !== null;
  if (hasEnded && child.stdout?.destroyed) return child.exitCode;
  child.kill(signal);
  await closed;
  return child.exitCode;
}
