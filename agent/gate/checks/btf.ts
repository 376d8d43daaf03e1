import { type Check, fail, notRead, pass } from '../check.ts';

/** 0xeb9f, in either byte order. */
const MAGIC = /^(?:9feb|eb9f)/;

/** BPF programs are fitted to the kernel's own types when they are loaded. */
export const btf: Check = {
  id: 'TMP3014',
  name: 'btf',
  judge({ btf: head }) {
    if (head.kind !== 'text') return fail(`/sys/kernel/btf/vmlinux ${notRead(head)}`);
    if (!MAGIC.test(head.text)) return fail('/sys/kernel/btf/vmlinux holds no BTF');
    return pass('the kernel tells its types (BTF)');
  },
};
