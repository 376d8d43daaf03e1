/** Cores and CPUs as the kernel tells them, read without any of the agent's code. */
import { readdirSync, readFileSync } from 'node:fs';

const CPUS = '/sys/devices/system/cpu';

/** The CPUs of each core. */
export function coresOfGuest(): number[][] {
  return groupedBy('topology/core_cpus_list');
}

/** The CPUs of each last-level cache: of the third level, which every CPU of the emulator has. */
export function cachesOfGuest(): number[][] {
  return groupedBy('cache/index3/shared_cpu_list');
}

function groupedBy(file: string): number[][] {
  const lists = readdirSync(CPUS)
    .filter((name) => /^cpu\d+$/.test(name))
    .map((name) => readFileSync(`${CPUS}/${name}/${file}`, 'utf8').trim());
  return [...new Set(lists)].map(numbersOf);
}

/** `0-2,5`. */
function numbersOf(list: string): number[] {
  return list.split(',').flatMap((part) => {
    const [first = 0, last = first] = part.split('-').map(Number);
    return Array.from({ length: last - first + 1 }, (_, index) => first + index);
  });
}

/** The CPUs of a mask in words of 64 bits, as the scheduler's statistics have them. */
export function cpusOfMask(words: readonly (number | string)[]): number[] {
  return words.flatMap((word, index) =>
    Array.from({ length: 64 }, (_, bit) => bit)
      .filter((bit) => (BigInt(word) >> BigInt(bit)) & 1n)
      .map((bit) => index * 64 + bit),
  );
}
