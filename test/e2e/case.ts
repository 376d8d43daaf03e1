import type { ServiceProcess } from '../support/service-process.ts';
import type { Cluster } from './cluster.ts';

/** What a case can ask and say while it runs. */
export interface Ctx {
  readonly cluster: Cluster;
  /** The service as it is without settings, an administrator in the cluster: one for all cases, so nobody ends it. */
  service(): Promise<ServiceProcess>;
  /** As it happens. */
  log(text: string): void;
  /** Printed, and kept with the outcome. */
  figure(name: string, value: number, unit: string): void;
  /** Path of a file that is kept if the case fails, e.g. `service.log`. */
  artifact(name: string): string;
  /** Run at the end of the case, the last one first, whether it passed or failed. */
  after(undo: () => unknown): void;
}

/** One thing to be shown, on the stand-in of the demo and on the real API server. */
export interface Case {
  /** Lower case words with hyphens; `-k` looks for it. */
  readonly name: string;
  /** One line: what it shows. */
  readonly what: string;
  /** Where only one of the two can run it, and why. */
  readonly only?: { readonly where: Where; readonly why: string };
  /** Pods of ours run and Services lead to them, for which the lab needs a network of its own. */
  readonly needsServices?: true;
  /** Why not each run has it, e.g. that it takes too long. It runs by `-k` or `--long`, and every other run says so. */
  readonly onRequest?: string;
  /** Only what hangs takes so long. @default 300000 */
  readonly deadlineMs?: number;
  run(ctx: Ctx): Promise<void>;
}

export type Where = Cluster['where'];

/** Those that can run there, and the others with the reason. */
export function casesFor(where: Where, all: readonly Case[]): { cases: Case[]; leftOut: string[] } {
  const cases = all.filter(({ only }) => only === undefined || only.where === where);
  const leftOut = all.filter((one) => !cases.includes(one)).map(({ name, only }) => `${name}: ${only?.why}`);
  return { cases, leftOut };
}
