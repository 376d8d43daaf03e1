import { VERSION } from '../../telemetry/version.ts';
import type { Context } from '../context.ts';
import type { Result } from '../output/result.ts';
import { facts } from '../output/table.ts';

/** The version of this program; with --node or --address of the agent, too. */
export async function version(context: Context): Promise<Result> {
  const { address, node } = context.options;
  if (address === undefined && node === undefined) {
    return { kind: 'Version', data: { cli: VERSION }, text: () => facts([['temper-cli', VERSION]]) };
  }
  const { withAgent } = await import('../connect/agent.ts');
  const answer = await withAgent(context, null, (agent) => agent.call('GetStatus', {}));
  const { agent = 'unknown', scheduler, kernel } = answer.versions ?? {};
  return {
    kind: 'Version',
    data: { cli: VERSION, node: answer.node, agent: answer.versions },
    text: () =>
      facts([
        ['temper-cli', VERSION],
        ['agent', agent],
        ['scx_layered', scheduler ?? 'unknown'],
        ['kernel', kernel ?? 'unknown'],
      ]),
  };
}
