// In an agent's container, temper-cli as `temper-cli`: it judges the host of files that the pod mounts.
import { EXIT } from '../../../../src/cli/exit.ts';
import type { Output } from '../../../../src/cli/io.ts';
import { runCli } from '../../../../src/cli/run.ts';
import { systemClock } from '../../../../src/telemetry/system-clock.ts';

const output = (stream: NodeJS.WriteStream): Output => ({
  write: (text) => void stream.write(text),
  isTerminal: false,
});

process.exitCode = await runCli(process.argv.slice(2), {
  program: 'temper-cli',
  env: process.env,
  stdout: output(process.stdout),
  stderr: output(process.stderr),
  signal: new AbortController().signal,
  clock: systemClock,
  root: process.env['TEMPER_NODE_ROOT'] ?? process.exit(EXIT.usage),
});
