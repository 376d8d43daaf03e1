/** The node's CPUs as sysfs tells them: what layers are computed for. */
export interface Cpu {
  readonly id: number;
  /** The same number for all hardware threads of one physical core; numbered from 0 without holes. */
  readonly core: number;
  /** Last-level cache, numbered from 0 without holes. */
  readonly llc: number;
  /** NUMA node. */
  readonly node: number;
}

export interface Machine {
  /** Online CPUs, by id. */
  readonly cpus: readonly Cpu[];
  /** Hardware threads of a physical core: 2 under SMT, else 1. The most that any core has. */
  readonly threads: number;
  readonly cores: number;
  readonly llcs: number;
  readonly nodes: number;
}
