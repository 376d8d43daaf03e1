import { spawn, spawnSync } from 'node:child_process';
import { run } from '../../../../scripts/making/run.ts';

/**
 * A network of the lab's own: every address and port is free there, the addresses of Services and pods lead somewhere,
 * and two copies know nothing of each other. The way in is to begin anew inside it.
 */

const MARK = 'TEMPER_LAB_NETWORK';
/** The bridge to which pods are connected; the API server is at its own address, as on a node. */
export const BRIDGE = 'lab0';
export const BRIDGE_ADDRESS = '10.244.0.1';
const POD_RANGE_BITS = 16;
/** Its own, for good. Left to itself a bridge takes the least of its ports', and what pods send to the one before is lost. */
const BRIDGE_MAC = '02:00:0a:f4:00:01';

/** A user who is not root is root inside, and there only. */
function unshare(): string[] {
  const isRoot = process.getuid?.() === 0;
  return ['--net', '--mount', ...(isRoot ? [] : ['--user', '--map-root-user'])];
}

export const isInOwnNetwork = (): boolean => process.env[MARK] === 'own';

/** @returns why this machine does not let us, null where it does */
export function whyNoOwnNetwork(): string | null {
  if (isInOwnNetwork()) return null;
  const { status, stderr, error } = spawnSync('unshare', [...unshare(), 'ip', 'link', 'set', 'lo', 'up'], {
    encoding: 'utf8',
  });
  return status === 0 ? null : (error?.message ?? stderr.trim());
}

/** Runs this program again, inside. What ends us ends it. @returns its exit code */
export function runInOwnNetwork(args: readonly string[]): Promise<number> {
  const words = ['setpriv', '--pdeathsig', 'KILL', process.execPath, ...args];
  const child = spawn('unshare', [...unshare(), ...words], {
    stdio: 'inherit',
    env: { ...process.env, [MARK]: 'own' },
  });
  // A terminal tells both of us; who is told by another process tells the child.
  process.on('SIGINT', () => {});
  for (const signal of ['SIGTERM', 'SIGHUP'] as const) process.on(signal, () => void child.kill(signal));
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code) => resolve(code ?? 1));
  });
}

/** Makes what a node has: loopback, a bridge for its pods, and Services whose addresses are local. */
export function setUpOwnNetwork(serviceRange: string): void {
  const ip = (...words: string[]): void => void run('ip', words);
  ip('link', 'set', 'lo', 'up');
  ip('link', 'add', BRIDGE, 'address', BRIDGE_MAC, 'type', 'bridge');
  ip('addr', 'add', `${BRIDGE_ADDRESS}/${POD_RANGE_BITS}`, 'dev', BRIDGE);
  ip('link', 'set', BRIDGE, 'up');
  ip('route', 'add', 'local', serviceRange, 'dev', 'lo');
}
