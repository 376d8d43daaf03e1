// A process that behaves as scx_layered 1.1.4 does towards its supervisor, and schedules nothing. Command line and
// socket are the real ones; where its files lie and how it fails is told by the environment:
//   DOUBLE_ROOT      the re-rooted file system: sys/kernel/sched_ext, sys/fs/cgroup
//   DOUBLE_SOCKET    the path of its statistics socket
//   DOUBLE_BINARY    `stock` (default) or `patched`
//   DOUBLE_FAULTS    a JSON file of `DoubleFaults`, read anew whenever it matters; optional
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { hostPaths } from '../../agent/host/paths.ts';
import { helpText, readArguments } from './arguments.ts';
import { Connection } from './connection.ts';
import { Double } from './double.ts';
import type { DoubleFaults } from './faults.ts';
import { own } from './play-kernel.ts';
import { fileKernel, type SchedExt } from './sched-ext.ts';
import { cgroupsBelow, tasksBelow } from './tasks.ts';
import { trace } from './trace.ts';

const root = process.env['DOUBLE_ROOT'] ?? '';
const socketPath = process.env['DOUBLE_SOCKET'] ?? '';
const isPatched = process.env['DOUBLE_BINARY'] === 'patched';
if (root === '' || socketPath === '') throw new Error('DOUBLE_ROOT and DOUBLE_SOCKET must be given');
const paths = hostPaths(root);

const faults = (): DoubleFaults => {
  try {
    return JSON.parse(readFileSync(process.env['DOUBLE_FAULTS'] ?? '', 'utf8'));
  } catch {
    return {};
  }
};

const leave = (code: number, stderr: string): void => {
  process.stderr.write(`${stderr}\n`, () => process.exit(code));
};

const files = fileKernel(paths.sys);
const kernel: SchedExt = {
  read: () => files.read(),
  set(change) {
    if (change.state === 'enabling') own(paths.sys);
    files.set(change);
  },
};

const double = new Double({
  // Timers that keep the process alive, as its main loop does.
  clock: {
    now: Date.now,
    monotonic: () => performance.now(),
    after(ms, callback) {
      const timer = setTimeout(callback, ms);
      return () => clearTimeout(timer);
    },
  },
  kernel,
  tasks: () => tasksBelow(paths.cgroup),
  look() {
    const there = cgroupsBelow(paths.cgroup);
    return (cgroup) => there.has(cgroup);
  },
  faults,
  isPatched,
  exit: leave,
  die: () => process.kill(process.pid, 'SIGKILL'),
  ready: () => process.stdout.write('STANDBY: ready\n'),
  attached: listen,
});

function listen(): void {
  if (faults().socket === 'missing') return;
  mkdirSync(dirname(socketPath), { recursive: true });
  rmSync(socketPath, { force: true });
  const server = createServer((socket) => {
    const connection = new Connection(double, faults);
    // Whoever asked may have given up; the lines repeat what becomes of the socket.
    const ignore = (): void => {};
    const lines = createInterface({ input: socket });
    socket.on('error', ignore);
    lines.on('error', ignore).on('line', (line) => {
      if (line.includes('"changes"')) trace(root, line);
      const answer = connection.answer(line);
      if (answer !== null) socket.write(`${answer}\n`);
    });
  });
  server.listen(socketPath);
}

/** It lives until it is ended, whatever it waits for. */
setInterval(() => {}, 1_000);
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
  process.on(signal, () => {
    trace(root, signal);
    double.terminate();
  });
}

try {
  if (process.argv.includes('--help')) throw new Error(helpText(isPatched));
  const { configs, membersFile, standby } = readArguments(process.argv.slice(2), isPatched);
  process.stdout.write('loading\n');
  // From the start, for tests that end it while it loads; but never of a node that another one has.
  if (standby === null && files.read().state === 'disabled') own(paths.sys);
  double.start(configs, () => (membersFile === null ? null : readFileSync(membersFile, 'utf8')), standby);
  if (standby === 'told') {
    const lines = createInterface({ input: process.stdin });
    lines.on('line', (line) => double.told(line)).on('close', () => double.told(null));
  }
} catch (error) {
  leave((error as NodeJS.ErrnoException).code === 'ENOENT' ? 1 : 255, `error: ${(error as Error).message}`);
}
