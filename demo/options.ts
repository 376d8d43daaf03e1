import { Command, InvalidArgumentError, Option } from 'commander';

export interface DemoOptions {
  /** Ends after the report in place of staying up. */
  readonly once: boolean;
  readonly nodes: number;
  readonly pods: number;
  readonly seed: number;
  /** How many times its use a container asks for: lowest and highest. */
  readonly padding: readonly [number, number];
  /** How many of the nodes have a real agent. */
  readonly agents: number;
  readonly output: 'table' | 'json';
}

/** Sizes beyond these take minutes and show nothing new. */
const MAX_NODES = 1_000;
const MAX_PODS = 20_000;
const MAX_PADDING = 20;
/** Each is a process of 110 MB. */
const MAX_AGENTS = 8;

export const DEFAULTS: DemoOptions = {
  once: false,
  nodes: 40,
  pods: 1_000,
  seed: 1,
  padding: [2, 4],
  agents: 2,
  output: 'table',
};

const integer = (min: number, max: number) => (text: string) => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < min || value > max) {
    throw new InvalidArgumentError(`must be an integer from ${min} to ${max}.`);
  }
  return value;
};

function padding(text: string): readonly [number, number] {
  const [low, high = low] = text.split('..').map(Number);
  const isValid = low !== undefined && high !== undefined && low > 0 && low <= high && high <= MAX_PADDING;
  if (!isValid) throw new InvalidArgumentError(`must be a number or LOW..HIGH, above 0 and up to ${MAX_PADDING}.`);
  return [low, high];
}

/** Reads the command line; prints help or an error and ends the process where there is nothing to run. */
export function readOptions(args: readonly string[]): DemoOptions {
  const command = new Command('npm run demo --')
    .description(
      'Runs the same arrivals of pods on a simulated cluster twice, without temper and with the real temper service, ' +
        'and shows what changed.',
    )
    .option('--once', 'end after the report', DEFAULTS.once)
    .option('--nodes <count>', 'simulated nodes', integer(1, MAX_NODES), DEFAULTS.nodes)
    .option('--pods <count>', 'pods that arrive', integer(1, MAX_PODS), DEFAULTS.pods)
    .option('--seed <number>', 'seed of the generator', integer(0, 2 ** 31 - 1), DEFAULTS.seed)
    .option('--agents <count>', 'nodes with a real agent', integer(0, MAX_AGENTS), DEFAULTS.agents)
    .addOption(
      new Option('--padding <range>', 'how many times its use a container asks for, LOW..HIGH')
        .argParser(padding)
        .default(DEFAULTS.padding, '2..4'),
    )
    .addOption(new Option('-o, --output <format>', 'form of the report').choices(['table', 'json']).default('table'))
    .configureHelp({ showGlobalOptions: true })
    .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : 2));
  return command.parse([...args], { from: 'user' }).opts<DemoOptions>();
}
