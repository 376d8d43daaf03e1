import type { FileText } from '../../host/file-text.ts';
import { quote } from '../../host/quote.ts';
import { parseCpuList } from '../../machine/cpu-list.ts';
import { notRead } from '../check.ts';

type CpuList = { readonly cpus: readonly number[] } | { readonly problem: string };

/** A list that may not be empty: a machine has a CPU. @param name of the file below devices/system/cpu */
export function cpuList(name: string, file: FileText): CpuList {
  const path = `/sys/devices/system/cpu/${name}`;
  if (file.kind !== 'text') return { problem: `${path} ${notRead(file)}` };
  const cpus = parseCpuList(file.text);
  return cpus === null || cpus.length === 0
    ? { problem: `${path} says ${quote(file.text)}, which is no list of CPUs` }
    : { cpus };
}
