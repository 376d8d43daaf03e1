import { ERRORS } from '../../src/model/errors.ts';
import type { HostPaths } from '../host/paths.ts';
import { keptMachine } from '../machine/kept-machine.ts';
import type { MachineReading } from '../machine/snapshot.ts';
import type { Check, Finding, ProcessCheck } from './check.ts';
import type { GateFacts } from './facts.ts';
import type { GateCheck, GateReport } from './gate.ts';
import { type KernelConfig, readKernelConfig } from './kernel-config.ts';
import { readFacts } from './read-facts.ts';
import type { AgentBinaries } from './read-process.ts';
import { MACHINE_CHECKS, PROCESS_CHECKS } from './table.ts';

export interface GateOptions {
  /** What the agent will start; null to judge the machine only, as before an installation. */
  readonly agent: AgentBinaries | null;
  /** Where somebody else reads the machine as well. @default `keptMachine` */
  readonly machine?: () => MachineReading;
}

/** Reads the host and judges it, once. Never throws: what cannot be read fails its check. */
export function runGate(paths: HostPaths, options: GateOptions): Promise<GateReport> {
  return gateOf(paths, options)();
}

/**
 * The same for asking again and again, as the agent does while the gate is shut: a kernel's config, once read, is kept,
 * since only a boot changes it, and so is the machine while the kernel counts no change of its CPUs.
 */
export function gateOf(paths: HostPaths, options: GateOptions): () => Promise<GateReport> {
  let kept: KernelConfig | null = null;
  const readConfig = async (release: string | null) => {
    if (kept?.kind !== 'config') kept = await readKernelConfig(paths, release);
    return kept;
  };
  const { agent, machine = keptMachine(paths) } = options;
  return async () => judge(await readFacts(paths, agent, readConfig, machine));
}

/** Pure: all checks on the facts, in the order of the table. */
export function judge(facts: GateFacts): GateReport {
  const { process } = facts;
  const checks = [
    ...MACHINE_CHECKS.map((check) => answer(check, check.judge(facts))),
    ...(process === null ? [] : PROCESS_CHECKS.map((check) => answer(check, check.judge(process, facts)))),
  ];
  return { checks, refusal: checks.find(({ verdict }) => verdict === 'fail')?.reason ?? null };
}

function answer({ id, name }: Check | ProcessCheck, { verdict, reason, remedy }: Finding): GateCheck {
  return { id, check: name, verdict, reason, remedy: verdict === 'pass' ? null : (remedy ?? ERRORS[id].remedy) };
}
