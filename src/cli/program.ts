import { Argument, Command, Option } from 'commander';
import { TIERS } from '../model/tier.ts';
import { completion, SHELLS } from './commands/completion.ts';
import type { Context } from './context.ts';
import type { ExitCode } from './exit.ts';
import { addOptions, examples, watchOption, withinOption } from './flags.ts';
import type { CliIo } from './io.ts';
import type { Options } from './options.ts';
import type { Result } from './output/result.ts';

/**
 * What the command line asked for. Commands are loaded when they run, so that --help waits for none of them. A bare
 * exit code is that of a command that has shown everything itself.
 */
export type Chosen = (context: Context) => Promise<Result | ExitCode>;

export interface Parsed {
  readonly options: Options;
  readonly chosen: Chosen;
}

const POD = 'NAME, NAMESPACE/NAME or the uid';

/**
 * The commands and their flags.
 *
 * @param name as it is typed, for the usage lines
 * @param choose is called once when a command is found
 */
export function createProgram(name: string, io: CliIo, choose: (parsed: Parsed) => void): Command {
  const program = new Command(name)
    .description('Looks at and steers temper on a node: its agent, its scheduler, its safe mode.')
    .configureOutput({
      writeOut: (text) => io.stdout.write(text),
      // Errors are told by whoever called, in the form that was asked for.
      writeErr: () => {},
      getOutHasColors: () => false,
      getErrHasColors: () => false,
    })
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .addHelpText('after', examples(name));
  addOptions(program);

  const on = (command: Command, choice: (args: string[], own: Record<string, unknown>) => Chosen): Command =>
    command.allowExcessArguments(false).action((...values: unknown[]) => {
      const args = values.slice(0, command.registeredArguments.length) as string[];
      choose({ options: program.opts<Options>(), chosen: choice(args, command.opts()) });
    });
  addLooking(program, on);
  addChanging(program, on);
  addChart(program, on);
  return program;
}

type On = (command: Command, choice: (args: string[], own: Record<string, unknown>) => Chosen) => Command;

/** Commands that change nothing. */
function addLooking(program: Command, on: On): void {
  const check = program
    .command('check')
    .description('what an agent found its node able to do; with flags: what this machine or the cluster is')
    .option('--pre', 'judge this machine, before anything is installed, and list every PriorityClass')
    .addOption(
      new Option('--without-webhook', 'what becomes of scaled pods that are made anew without it').conflicts('pre'),
    )
    .addOption(
      new Option('--threads-per-core <count>', 'hardware threads of a core, to count fenced CPUs with --pre')
        .choices(['1', '2'])
        .default('2'),
    );
  on(check, (_args, own) => async (context) => {
    if (own['withoutWebhook'] === true)
      return await (await import('./commands/without-webhook.ts')).checkWithoutWebhook(context);
    const { check: run, checkPre } = await import('./commands/check.ts');
    return own['pre'] === true ? await checkPre(context, Number(own['threadsPerCore'])) : await run(context);
  });
  const status = program.command('status').description('how a node is').addOption(watchOption());
  on(status, (_args, { watch }) => async (context) => {
    const { status: run } = await import('./commands/status.ts');
    return await run(context, watch as number | undefined);
  });
  on(program.command('config').description('the scheduler config that an agent generated'), () => async (context) => {
    return await (await import('./commands/config.ts')).config(context);
  });
  const explain = group(program, 'explain', 'why something is as it is');
  on(explain.command('pod').argument('<pod>', POD).description('why a pod is in its layer'), ([pod = '']) => {
    return async (context) => await (await import('./commands/explain.ts')).explainPod(context, pod);
  });
  on(explain.command('node').argument('[node]', 'its name').description('why a node does what it does'), ([node]) => {
    return async (context) => await (await import('./commands/explain.ts')).explainNode(context, node);
  });
  const top = program.command('top').description('the layers of a node, what they use, and their pods');
  on(top.addOption(watchOption()), (_args, { watch }) => async (context) => {
    return await (await import('./commands/top.ts')).top(context, watch as number | undefined);
  });
  on(program.command('version').description('the version of this program and of an agent'), () => async (context) => {
    return await (await import('./commands/version.ts')).version(context);
  });
  const shell = new Argument('<shell>').choices(SHELLS);
  on(program.command('completion').addArgument(shell).description('a script for the shell to read'), ([name = '']) => {
    return () => Promise.resolve(completion(name));
  });
}

/** Commands that change something. */
function addChanging(program: Command, on: On): void {
  const qos = group(program, 'qos', 'the tier of one pod');
  const tier = new Argument('<tier>').choices(TIERS);
  const set = qos.command('set').argument('<pod>', POD).addArgument(tier);
  on(set.description('give a pod another tier until it is gone'), ([pod = '', wanted = '']) => async (context) => {
    return await (await import('./commands/qos.ts')).qosSet(context, pod, wanted);
  });
  on(qos.command('clear').argument('<pod>', POD).description('take that back'), ([pod = '']) => async (context) => {
    return await (await import('./commands/qos.ts')).qosClear(context, pod);
  });
  const scheduler = group(program, 'scheduler', 'the scheduler of a node');
  const reload = scheduler.command('reload').description('release a latch and start it anew');
  on(reload, () => async (context) => await (await import('./commands/scheduler.ts')).schedulerReload(context));
  const safeMode = group(program, 'safe-mode', 'keep a node on the stock scheduler');
  for (const [name, wanted, help] of SAFE_MODE) {
    on(safeMode.command(name).description(help), () => async (context) => {
      const { safeModeStatus, setSafeMode } = await import('./commands/safe-mode.ts');
      return wanted === null ? await safeModeStatus(context) : await setSafeMode(context, wanted);
    });
  }
}

/** What helm runs around a release: hooks and tests of the chart. */
function addChart(program: Command, on: On): void {
  const chart = group(program, 'chart', "what the chart's hooks and tests run");
  const admission = chart.command('admission').description('whether the API server really scales a pod, by a dry run');
  admission.requiredOption('--probe-namespace <name>', 'where to ask for it').addOption(withinOption());
  on(admission, (_args, { probeNamespace, within }) => async (context) => {
    const { admission: run } = await import('./chart/admission.ts');
    return await run(context, String(probeNamespace), Number(within));
  });
  const ready = chart.command('ready').argument('<urls...>').description('whether each address answers 200');
  on(ready.addOption(withinOption()), ([urls], { within }) => async (context) => {
    const { ready: run } = await import('./chart/ready.ts');
    return await run(context, ([] as string[]).concat(urls ?? []), Number(within));
  });
  const rolledOut = chart.command('rolled-out').description('whether the last pod without a label has gone');
  rolledOut.requiredOption('--selector <labels>', 'of the pods').requiredOption('--label <label>', 'of the new ones');
  on(rolledOut.addOption(withinOption()), (_args, { selector, label, within }) => async (context) => {
    const { rolledOut: run } = await import('./chart/rolled-out.ts');
    return await run(context, { selector: String(selector), label: String(label) }, Number(within));
  });
  const certificate = chart.command('certificate').argument('<file>');
  certificate.description('before the service serves it: whether the API server will take a certificate');
  certificate.requiredOption('--host <name>', 'the name that is called');
  certificate.option('--ca-bundle <base64>', 'whom the API server is told to trust', '');
  on(certificate, ([file], { host, caBundle }) => async (context) => {
    const trusted = Buffer.from(String(caBundle), 'base64').toString();
    return (await import('./chart/certificate.ts')).certificate(context, {
      file: String(file),
      host: String(host),
      trusted,
    });
  });
  const leave = chart
    .command('leave')
    .description('before an uninstall: who names what will be gone; deletes the webhook');
  leave
    .option('--scheduler-name <name>', 'the scheduler that will be gone')
    .option('--priority-classes', 'the PriorityClasses will be gone')
    .option('--webhook <name>', 'the MutatingWebhookConfiguration to delete')
    .option('--force', 'go on although something names them');
  on(leave, (_args, { schedulerName, priorityClasses, webhook, force }) => async (context) => {
    const { leave: run } = await import('./chart/leave.ts');
    return await run(context, {
      priorityClasses: priorityClasses === true,
      force: force === true,
      ...(typeof schedulerName === 'string' && { schedulerName }),
      ...(typeof webhook === 'string' && { webhook }),
    });
  });
  const cleanNodes = chart.command('clean-nodes').description("after an uninstall: take the agents' annotations away");
  on(cleanNodes.addOption(withinOption()), (_args, { within }) => async (context) => {
    return await (await import('./chart/clean-nodes.ts')).cleanNodes(context, Number(within));
  });
}

const SAFE_MODE: ReadonlyArray<readonly [name: string, wanted: boolean | null, help: string]> = [
  ['on', true, 'ask for it by the file on the node'],
  ['off', false, 'take that back, and name what still asks for it'],
  ['status', null, 'whether it holds, and who asks for it'],
];

/** A command that is nothing without one of its own. */
function group(program: Command, name: string, description: string): Command {
  return program.command(name).description(description);
}
