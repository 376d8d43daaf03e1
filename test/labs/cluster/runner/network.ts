import { type ChildProcess, spawn } from 'node:child_process';
import { run } from '../../../../scripts/making/run.ts';
import { BRIDGE, BRIDGE_ADDRESS } from '../host/network.ts';

/** The network of a pod: its own loopback, and an address at the bridge. */
export interface PodNetwork {
  readonly ip: string;
  /** Of the process that holds it; whoever wants in enters by it. */
  readonly pid: number;
  close(): void;
}

let next = 10;

export async function openPodNetwork(): Promise<PodNetwork> {
  const number = next++;
  const ip = `10.244.${(number >> 8) & 255}.${number & 255}`;
  const holder = spawn(
    'unshare',
    ['--net', 'setpriv', '--pdeathsig', 'KILL', 'sh', '-c', 'echo in; exec sleep infinity'],
    {
      stdio: ['ignore', 'pipe', 'ignore'],
    },
  );
  await firstWord(holder);
  const pid = holder.pid ?? 0;
  const inside = (...words: string[]): void => void run('nsenter', ['-t', String(pid), '-n', 'ip', ...words]);
  run('ip', ['link', 'add', `pod${number}`, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', String(pid)]);
  run('ip', ['link', 'set', `pod${number}`, 'master', BRIDGE, 'up']);
  inside('link', 'set', 'lo', 'up');
  inside('addr', 'add', `${ip}/16`, 'dev', 'eth0');
  inside('link', 'set', 'eth0', 'up');
  inside('route', 'add', 'default', 'via', BRIDGE_ADDRESS);
  return { ip, pid, close: () => void holder.kill('SIGKILL') };
}

function firstWord(child: ChildProcess): Promise<void> {
  return new Promise((resolve, reject) => {
    child.stdout?.once('data', () => resolve());
    child.once('error', reject);
    child.once('exit', (code) => reject(new Error(`a pod's network ended with ${code}`)));
  });
}
