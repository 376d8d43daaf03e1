import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { z } from 'zod';

export type LoadMode = 'pause' | 'hog' | 'sleeper' | 'pair' | 'gaps' | 'forks' | 'churn' | 'traced';

export interface LoadOptions {
  /** Full path of the cgroup it starts in. */
  readonly cgroup: string;
  readonly mode: LoadMode;
  /** At most 15 characters. @default the mode */
  readonly name?: string;
  /** @default 1 */
  readonly threads?: number;
  /** @default 1 */
  readonly processes?: number;
  readonly nice?: number;
  readonly policy?: 'batch' | 'idle' | 'fifo';
  /** The CPU that it may only run on. */
  readonly pin?: number;
  /** Between wake-ups, requests or forks, microseconds. @default 5000; none between forks */
  readonly sleep?: number;
  /** Of a sleeper, microseconds. @default 2000 */
  readonly work?: number;
  /** Whether its threads change their names all the time. */
  readonly rename?: boolean;
  /** Whether its threads do nothing until they are let loose. */
  readonly held?: boolean;
  /** Of `churn`. @default 64 */
  readonly mebibytes?: number;
}

const REPORT = z.object({
  name: z.string(),
  mode: z.string(),
  pid: z.number(),
  seconds: z.number(),
  /** Of work that was done; the same unit in every load. */
  units: z.number(),
  cpuSeconds: z.number(),
  /** Samples for which there was no room. */
  dropped: z.number(),
  /** Milliseconds since its start, and how late it was in microseconds. */
  samples: z.array(z.tuple([z.number(), z.number()])),
});

export type LoadReport = z.infer<typeof REPORT>;

/** A running load program. */
export interface Load {
  readonly pid: number;
  /** What it has done so far. */
  report(): Promise<LoadReport>;
  /** Lets threads that were held work, all at once. */
  release(): void;
  /** Ends it. @returns what it has done */
  end(): Promise<LoadReport>;
  /** Ends it without a word, also when it has ended. */
  kill(): void;
}

/** Resolves when it is in its cgroup and its threads run. @param program path of the load program */
export async function startLoad(program: string, options: LoadOptions): Promise<Load> {
  const child = spawn(program, argumentsOf(options), { stdio: ['pipe', 'pipe', 'pipe'] });
  if (options.held !== true) child.stdin.end();
  const lines = createInterface({ input: child.stdout });
  let complaint = '';
  child.stderr.on('data', (data: Buffer) => {
    complaint += data.toString();
  });
  child.on('error', (error) => {
    complaint += error.message;
  });
  const { pid = 0 } = child;
  const ask = (signal?: NodeJS.Signals): Promise<string> =>
    new Promise((resolve, reject) => {
      const gone = (): void => reject(new Error(`load ${options.name ?? options.mode} ended: ${complaint}`));
      lines.once('line', (text) => {
        child.off('close', gone);
        resolve(text);
      });
      child.once('close', gone);
      if (signal !== undefined) child.kill(signal);
    });
  await ask();
  return {
    pid,
    report: async () => read(await ask('SIGUSR1')),
    release: () => void child.stdin.end(),
    async end() {
      const gone = once(child, 'exit');
      const report = read(await ask('SIGTERM'));
      await gone;
      return report;
    },
    kill: () => void child.kill('SIGKILL'),
  };
}

function read(line: string): LoadReport {
  return REPORT.parse(JSON.parse(line));
}

function argumentsOf(options: LoadOptions): string[] {
  const { cgroup, mode, rename, held, mebibytes, ...rest } = options;
  const numbers = { name: mode, ...rest };
  return [
    '--cgroup',
    cgroup,
    ...Object.entries(numbers).flatMap(([flag, value]) => (value === undefined ? [] : [`--${flag}`, `${value}`])),
    ...(rename === true ? ['--rename'] : []),
    ...(held === true ? ['--held'] : []),
    mode,
    ...(mebibytes === undefined ? [] : [`${mebibytes}`]),
  ];
}
