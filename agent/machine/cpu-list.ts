/** No kernel has more CPUs; a number above it is garbage, and would make a list of it endless. */
export const MAX_CPU = 8191;

const PART = /^(\d{1,4})(?:-(\d{1,4}))?$/;

/**
 * Reads the kernel's list of CPUs: '0-3,8'. The empty text is the empty list.
 *
 * @returns ascending; null where the text is no such list (out of order, overlapping and backward ranges included,
 *   which no kernel writes)
 */
export function parseCpuList(text: string): readonly number[] | null {
  const cpus: number[] = [];
  const list = text.trim();
  if (list === '') return cpus;
  for (const part of list.split(',')) {
    const match = PART.exec(part);
    if (match === null) return null;
    const from = Number(match[1]);
    const to = Number(match[2] ?? match[1]);
    if (to < from || to > MAX_CPU || from <= (cpus.at(-1) ?? -1)) return null;
    for (let cpu = from; cpu <= to; cpu++) cpus.push(cpu);
  }
  return cpus;
}

/** Writes ascending CPUs as the kernel does, for people to read. */
export function formatCpuList(cpus: readonly number[]): string {
  const parts: string[] = [];
  for (let index = 0; index < cpus.length; ) {
    const from = cpus[index];
    let end = index;
    while (cpus[end + 1] === (cpus[end] ?? 0) + 1) end++;
    parts.push(end === index ? `${from}` : `${from}-${cpus[end]}`);
    index = end + 1;
  }
  return parts.join(',');
}
