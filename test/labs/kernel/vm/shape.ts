/** The machine that a guest sees. */
export interface Shape {
  /** Hardware threads in all. */
  readonly cpus: number;
  readonly sockets: number;
  /** Of one core. */
  readonly threads: number;
  /** NUMA nodes; memory and sockets are spread over them evenly. */
  readonly nodes: number;
  readonly memoryMb: number;
}

export const SMALL: Shape = { cpus: 2, sockets: 1, threads: 1, nodes: 1, memoryMb: 2048 };

/** @throws Error for what no machine can be */
export function shapeOf(wanted: Partial<Shape>): Shape {
  const shape = { ...SMALL, ...wanted };
  const { cpus, sockets, threads, nodes, memoryMb } = shape;
  const perSocket = cpus / (sockets * threads);
  if (!Object.values(shape).every((value) => Number.isInteger(value) && value > 0) || !Number.isInteger(perSocket)) {
    throw new Error(`${cpus} CPUs cannot be ${sockets} sockets of cores with ${threads} threads`);
  }
  if (sockets % nodes !== 0) throw new Error(`${sockets} sockets cannot be spread over ${nodes} NUMA nodes`);
  if (memoryMb % nodes !== 0) throw new Error(`${memoryMb} MB cannot be spread over ${nodes} NUMA nodes`);
  return shape;
}

export function describeShape({ cpus, sockets, threads, nodes }: Shape): string {
  return [
    cpus === 1 ? '1 CPU' : `${cpus} CPUs`,
    ...(sockets > 1 ? [`${sockets} sockets`] : []),
    ...(threads > 1 ? [`${threads} threads a core`] : []),
    ...(nodes > 1 ? [`${nodes} NUMA nodes`] : []),
  ].join(', ');
}
