import { createHash } from 'node:crypto';
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What `up` leaves for the other verbs. */
export interface UpState {
  /** The process that holds the control plane. */
  readonly pid: number;
  /** When it was started, as the kernel counts: another process with this number has another. */
  readonly started: string;
  readonly url: string;
  readonly kubeconfig: string;
  readonly components: Readonly<Record<string, number>>;
}

const FILE = 'state.json';

/** One for each checkout: two copies have their own. */
export function upFolder(cache: string, repository: string): string {
  return join(cache, `up-${createHash('sha256').update(repository).digest('hex').slice(0, 8)}`);
}

/** Null where nothing is up. */
export function readUpState(folder: string): UpState | null {
  const file = join(folder, FILE);
  if (!existsSync(file)) return null;
  const state = JSON.parse(readFileSync(file, 'utf8')) as UpState;
  return startOf(state.pid) === state.started ? state : null;
}

export function writeUpState(folder: string, state: Omit<UpState, 'pid' | 'started'>): void {
  const whole: UpState = { pid: process.pid, started: startOf(process.pid) ?? '', ...state };
  writeFileSync(join(folder, `${FILE}.new`), JSON.stringify(whole, null, 2));
  renameSync(join(folder, `${FILE}.new`), join(folder, FILE));
}

/** Clock ticks between boot and the start of a process; null for one that is gone. */
export function startOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state, ...rest] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : (rest[18] ?? null);
  } catch {
    return null;
  }
}
