/**
 * On what the kernel lab has shown the agent to enforce, with the real scheduler. `record` names the case that did, see
 * test/labs/kernel. What is not listed is not refused: it is only said that nobody has seen it.
 */
export interface ShownKernel {
  /** The first two numbers of `uname -r`. */
  readonly minor: string;
  readonly record: string;
}

export interface ShownMachine {
  readonly cpus: number;
  /** Hardware threads of a core. */
  readonly threads: number;
  readonly llcs: number;
  readonly nodes: number;
  readonly record: string;
}

/** On 6.16 and 6.18 the agent enforces as well, but not all cases pass: the lab's README has which. */
export const SHOWN_KERNELS: readonly ShownKernel[] = [{ minor: '7.3', record: 'enforcing' }];

export const SHOWN_MACHINES: readonly ShownMachine[] = [
  { cpus: 2, threads: 1, llcs: 1, nodes: 1, record: 'enforcing' },
  { cpus: 4, threads: 1, llcs: 1, nodes: 1, record: 'four-cpus' },
  { cpus: 4, threads: 2, llcs: 1, nodes: 1, record: 'smt' },
  { cpus: 8, threads: 1, llcs: 2, nodes: 2, record: 'two-sockets' },
];
