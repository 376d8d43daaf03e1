import { type Command, InvalidArgumentError, Option } from 'commander';
import { parseSeconds, parseTimeout } from './options.ts';

/** The flags that every command has. */
export function addOptions(program: Command): void {
  program
    .addOption(new Option('-o, --output <form>', 'form of what is printed').choices(['table', 'json']).default('table'))
    .option('--node <name>', 'the node whose agent to ask, through the API server')
    .option('--address <host:port>', 'the gRPC port of an agent to ask directly')
    .option('-n, --namespace <name>', 'namespace of a pod that is named without one', 'default')
    .option('--agent-namespace <name>', 'namespace that temper is installed in', 'temper')
    .option('--kubeconfig <path>', 'kubeconfig to use')
    .option('--context <name>', 'context of the kubeconfig')
    .addOption(
      new Option('--request-timeout <time>', 'how long one request may take, e.g. 500ms, 10s, 2m')
        .argParser((text) => {
          const ms = parseTimeout(text);
          if (ms === null) throw new InvalidArgumentError('must be a time up to 10m, e.g. 10s.');
          return ms;
        })
        .default(10_000, '10s'),
    );
}

/** Of commands that can show the same thing again and again; its value is milliseconds. */
export function watchOption(): Option {
  return new Option('-w, --watch [seconds]', 'show it anew every so many seconds, 2 unless given, until Ctrl-C')
    .preset('2')
    .argParser((text) => {
      const ms = parseSeconds(text);
      if (ms === null) throw new InvalidArgumentError('must be a whole number of seconds from 1 to 3600.');
      return ms;
    });
}

/** Of commands that try again and again; its value is milliseconds. */
export function withinOption(): Option {
  return new Option('--within <time>', 'how long to try again and again, e.g. 500ms, 30s, 2m')
    .argParser((text) => {
      const ms = parseTimeout(text);
      if (ms === null) throw new InvalidArgumentError('must be a time up to 10m, e.g. 30s.');
      return ms;
    })
    .default(60_000, '1m');
}

/** What stands below the help. */
export function examples(name: string): string {
  return `
Examples:
  ${name} check --pre                          can this machine enforce?
  ${name} status --node worker-1               how is that node?
  ${name} top --node worker-1 -w               its layers and pods, as they change
  ${name} explain pod shop/cart-0              why is it in its layer?
  ${name} qos set shop/cart-0 high             another tier, for that pod alone
  ${name} safe-mode on --node worker-1         the stock scheduler, at once

Exit codes: 0 ok, 1 failure, 2 usage, 3 checks failed or degraded, 4 not authenticated, 5 forbidden,
6 timed out, 7 conflict or gate blocked, 130 interrupted.`;
}
