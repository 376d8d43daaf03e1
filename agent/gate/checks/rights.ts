import { fail, notRead, type ProcessCheck, pass, warn } from '../check.ts';

interface Right {
  readonly name: string;
  readonly bit: bigint;
}

/** To load and to read BPF, to attach, and to run ahead of the load. Numbers of linux/capability.h. */
const NEEDED: readonly Right[] = [
  { name: 'CAP_SYS_ADMIN', bit: 21n },
  { name: 'CAP_SYS_NICE', bit: 23n },
  { name: 'CAP_PERFMON', bit: 38n },
  { name: 'CAP_BPF', bit: 39n },
];

/** For the addresses of kernel symbols; without it the scheduler runs, a little less well. */
const WANTED: readonly Right[] = [{ name: 'CAP_SYSLOG', bit: 34n }];

export const rights: ProcessCheck = {
  id: 'TMP3028',
  name: 'rights',
  judge({ status, uidMap }) {
    if (status.kind !== 'text') return fail(`/proc/self/status ${notRead(status)}`);
    const digits = /^CapEff:\s*([0-9a-f]{1,16})$/m.exec(status.text)?.[1];
    if (digits === undefined) return fail('/proc/self/status does not tell the effective capabilities');
    if (uidMap.kind === 'text' && !/^0\s+0\s+4294967295$/.test(uidMap.text)) {
      return fail('the agent runs in a user namespace, where rights do not reach the kernel');
    }
    const held = BigInt(`0x${digits}`);
    const lacking = (wanted: readonly Right[]) =>
      wanted.filter(({ bit }) => ((held >> bit) & 1n) === 0n).map(({ name }) => name);
    const missing = lacking(NEEDED);
    if (missing.length > 0) return fail(`the agent lacks ${missing.join(', ')}`);
    const unhelpful = lacking(WANTED);
    return unhelpful.length > 0
      ? warn(`the agent lacks ${unhelpful.join(', ')}, which the scheduler can do without`)
      : pass('the agent has the rights to load a scheduler');
  },
};
