import { spawn } from 'node:child_process';
import { accessSync, constants, existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Accel } from './command.ts';
import { lineReader } from './lines.ts';

/** A real KVM says its first word within a second. */
const PROBE_MS = 10_000;

export interface Chosen {
  readonly accel: Accel;
  readonly why: string;
}

/**
 * KVM where a kernel really boots with it, else emulation. A device that opens proves nothing: there are machines
 * whose KVM has no hardware below it and stops at the first instruction it does not know.
 *
 * @param memory file that keeps the answer
 */
export async function chooseAccel(image: string, memory: string): Promise<Chosen> {
  try {
    accessSync('/dev/kvm', constants.R_OK | constants.W_OK);
  } catch {
    return { accel: 'tcg', why: 'no /dev/kvm that we may use' };
  }
  return (await remembered(memory, () => boots(image)))
    ? { accel: 'kvm', why: '/dev/kvm boots a kernel' }
    : { accel: 'tcg', why: '/dev/kvm is there, but boots no kernel' };
}

/** What was found holds until this machine is started anew: a KVM that does not work takes seconds to say so. */
async function remembered(file: string, find: () => Promise<boolean>): Promise<boolean> {
  const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  const known = existsSync(file) ? readFileSync(file, 'utf8') : '';
  if (known.startsWith(boot)) return known.endsWith('yes');
  const answer = await find();
  writeFileSync(file, `${boot} ${answer ? 'yes' : 'no'}`);
  return answer;
}

function boots(image: string): Promise<boolean> {
  const args = ['-M', 'q35', '-accel', 'kvm', '-cpu', 'host', '-m', '256M', '-nodefaults', '-display', 'none'];
  const console = ['-serial', 'stdio', '-monitor', 'none', '-no-reboot', '-kernel', image];
  const words = ['-append', 'console=ttyS0 earlyprintk=serial panic=-1'];
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', 'qemu-system-x86_64', ...args, ...console, ...words]);
  return new Promise((resolve) => {
    const tell = (answer: boolean): void => {
      clearTimeout(timer);
      child.kill('SIGKILL');
      resolve(answer);
    };
    const timer = setTimeout(() => tell(false), PROBE_MS);
    child.on('error', () => tell(false));
    child.on('exit', () => tell(false));
    child.stdout.on(
      'data',
      lineReader((line) => line.includes('Linux version') && tell(true)),
    );
    child.stderr.on(
      'data',
      lineReader((line) => /KVM internal error|failed/i.test(line) && tell(false)),
    );
  });
}
