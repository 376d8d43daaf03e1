import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { nodeFlagsOf } from '../../../support/node-flags.ts';
import { NODE } from './api.ts';
import { PROGRAMS } from './programs.ts';
import { ATTACH_MS } from './times.ts';

/** The agent as its image runs it: the bundle, in its pod's cgroup, as root in the host's PID namespace. */
export interface LabAgent {
  readonly pid: number;
  /** Its latest log lines. */
  readonly log: readonly string[];
  /** Resolves once it serves. */
  readonly ports: Promise<{ readonly http: number; readonly grpc: number }>;
  /** Resolves with its exit code or signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
  signal(signal: NodeJS.Signals): void;
  /** Of `/observe`. */
  observe(): Promise<Observation>;
  /** Text of `/metrics`. */
  metrics(): Promise<string>;
  /** Runs `temper-cli` against it. */
  cli(
    ...words: readonly string[]
  ): Promise<{ readonly code: number; readonly stdout: string; readonly stderr: string }>;
}

/** What the cases read of it. */
export interface Observation {
  readonly scheduler: { readonly phase: string };
  readonly pods: ReadonlyArray<{
    readonly name: string;
    readonly uid: string;
    readonly layer: string;
    /** Where it belongs by the newest plan, while it is elsewhere. */
    readonly wantedLayer?: string;
  }>;
  readonly layers: ReadonlyArray<{ readonly name: string; readonly cpus?: number }>;
}

export interface LabAgentOptions {
  readonly kubeconfig: string;
  /** Full path of the cgroup of its container. */
  readonly cgroup: string;
  readonly podUid: string;
  /** scx_layered. */
  readonly scheduler: string;
  readonly flags?: readonly string[];
  /** A file that keeps its log. */
  readonly logFile: string;
}

const KUBECONFIG = '/run/lab-kubeconfig';
const MAX_LOG_LINES = 2_000;
const CLI_MS = 120_000;
const FLAGS = [
  `--scheduler-start-timeout-ms=${ATTACH_MS}`,
  '--server-host=127.0.0.1',
  '--server-port=0',
  '--server-grpc-port=0',
  `--kube-kubeconfig=${KUBECONFIG}`,
];
/** As a runtime does: the process is in its cgroup before the program runs, with the score of a node-critical pod. */
const JOIN = 'echo 0 > "$1/cgroup.procs" && echo -997 > /proc/self/oom_score_adj || exit 1; shift; exec "$@"';

export function startAgent(options: LabAgentOptions): LabAgent {
  const { kubeconfig, cgroup, podUid, scheduler, flags = [], logFile } = options;
  writeFileSync(KUBECONFIG, kubeconfig, { mode: 0o600 });
  const words = [...FLAGS, `--node-name=${NODE}`, `--scheduler-binary=${scheduler}`, ...flags];
  const program = [process.execPath, ...nodeFlagsOf(PROGRAMS.agent), PROGRAMS.agent];
  const child = spawn('sh', ['-c', JOIN, 'sh', cgroup, ...program, ...words], {
    env: { PATH: process.env['PATH'], POD_UID: podUid, HOSTNAME: 'temper-agent-guest' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const log: string[] = [];
  const ports = follow(child, log, logFile);
  // A case that never asks for the ports must not fail by them.
  ports.catch(() => {});
  return {
    pid: child.pid ?? 0,
    log,
    ports,
    ended: once(child, 'exit').then(([code, signal]) => (signal ?? code) as number | NodeJS.Signals),
    signal: (signal) => void child.kill(signal),
    async observe() {
      const { http } = await ports;
      return (await (await fetch(`http://127.0.0.1:${http}/observe`)).json()) as Observation;
    },
    async metrics() {
      const { http } = await ports;
      return await (await fetch(`http://127.0.0.1:${http}/metrics`)).text();
    },
    async cli(...more) {
      const { grpc } = await ports;
      return await new Promise((resolve) => {
        const asked = [PROGRAMS.cli, ...more, '--address', `127.0.0.1:${grpc}`, '--request-timeout', '60s'];
        const cli = execFile(process.execPath, asked, { timeout: CLI_MS }, (_error, stdout, stderr) =>
          resolve({ code: cli.exitCode ?? -1, stdout, stderr }),
        );
      });
    },
  };
}

/** What only the scheduler has among its words, from the first program of its chain on; not so the agent's question for its version. */
export const CONFIG = '/run/temper/layers.json';

/** The scheduler's process; null where the agent has none, or it has ended and is only not reaped yet. */
export function childOf(agent: number): number | null {
  const tasks = listed(`/proc/${agent}/task`);
  const children = tasks.flatMap((tid) => textOf(`/proc/${agent}/task/${tid}/children`).trim().split(/\s+/));
  const found = children.find((pid) => pid !== '' && isScheduler(pid));
  return found === undefined ? null : Number(found);
}

/** Also of an agent that waits for another one, whose files are in a folder of its own. */
const ITS_FILE = /\/run\/temper\/[^\0]*layers\.json/;

/** Between two programs of its chain it has no words for a moment; one that waits to be reaped has none either. */
function isScheduler(pid: string): boolean {
  const words = textOf(`/proc/${pid}/cmdline`);
  return ITS_FILE.test(words) || (words === '' && /^\d+ \(.*\) [^ZX]/s.test(textOf(`/proc/${pid}/stat`)));
}

/** All schedulers of this machine, whoever started them. */
export function schedulerProcesses(): number[] {
  const pids = listed('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => textOf(`/proc/${pid}/cmdline`).includes(CONFIG)).map(Number);
}

/** Threads and processes end while they are looked at: one that is gone has nothing to say, and the others still have. */
function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function listed(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function follow(child: ChildProcess, log: string[], file: string): LabAgent['ports'] {
  return new Promise((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on('line', (line) => {
        appendFileSync(file, `${line}\n`);
        log.push(line);
        if (log.length > MAX_LOG_LINES) log.shift();
        if (line.includes('the agent runs')) resolve(JSON.parse(line));
      });
    }
    child.once('exit', (code, signal) =>
      reject(new Error(`the agent ended: ${signal ?? code}\n${log.slice(-10).join('\n')}`)),
    );
  });
}
