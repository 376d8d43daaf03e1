import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import type { Ran } from '../../../../charts/helm.ts';

/** As `kubectl exec`: runs a program of the pod's image in its network and its files. It never rejects. */
export function exec(pod: string, ...command: string[]): Promise<Ran> {
  const words = ['--target', String(pidIn(pod)), '--net', '--mount', '--root', '--wd', ...command];
  return new Promise((resolve) => {
    execFile('nsenter', words, { encoding: 'utf8', env: { PATH: process.env['PATH'] } }, (error, stdout, stderr) =>
      resolve({ ok: error === null, stdout, stderr }),
    );
  });
}

/** Of the process that a pod of one container runs. @throws Error where none does */
export function pidIn(pod: string): number {
  const path = globSync('/proc/[0-9]*/environ').find((one) => isOf(pod, one));
  if (path === undefined) throw new Error(`no process of ${pod} runs`);
  return Number(path.split('/')[2]);
}

function isOf(pod: string, environ: string): boolean {
  try {
    return readFileSync(environ, 'utf8').split('\0').includes(`HOSTNAME=${pod}`);
  } catch {
    // It is gone.
    return false;
  }
}
