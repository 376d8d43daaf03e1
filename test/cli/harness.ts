import type { AgentFacade } from '../../agent/api/facade.ts';
import type { CliIo } from '../../src/cli/io.ts';
import { runCli } from '../../src/cli/run.ts';
import { type Served, serve } from '../agent/api/harness.ts';
import { FakeClock } from '../support/fake-clock.ts';

/** What one command line left behind. */
export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface RunOptions extends Partial<Omit<CliIo, 'stdout' | 'stderr'>> {
  readonly stdoutIsTerminal?: boolean;
  readonly stderrIsTerminal?: boolean;
}

/** Runs a command line in this process, in an empty environment. */
export async function run(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  let stdout = '';
  let stderr = '';
  const { stdoutIsTerminal = false, stderrIsTerminal = false, ...rest } = options;
  const code = await runCli(args, {
    program: 'temper-cli',
    env: {},
    signal: new AbortController().signal,
    clock: new FakeClock(Date.now()),
    root: '/nonexistent',
    ...rest,
    stdout: {
      isTerminal: stdoutIsTerminal,
      write: (text) => {
        stdout += text;
      },
    },
    stderr: {
      isTerminal: stderrIsTerminal,
      write: (text) => {
        stderr += text;
      },
    },
  });
  return { code, stdout, stderr };
}

/** An agent that answers, and the flag that leads to it. */
export async function withServed<T>(
  facade: AgentFacade,
  use: (address: readonly string[], served: Served) => Promise<T>,
): Promise<T> {
  const served = await serve(facade);
  try {
    return await use(['--address', `127.0.0.1:${served.port}`], served);
  } finally {
    await served.stop();
  }
}

/** The error document on stderr. */
export function errorOf({ stderr }: Ran): { id: string; message: string; remedy: string } {
  return (JSON.parse(stderr) as { error: { id: string; message: string; remedy: string } }).error;
}
