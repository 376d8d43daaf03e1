import { type HostTree, KERNEL_CONFIG } from '../../support/host-tree.ts';
import { gateCases, removed, unreadable, written } from './cases.ts';

const STATE = 'sys/kernel/sched_ext/state';
const OPS = 'sys/kernel/sched_ext/root/ops';

/** A kernel without sched_ext shows nothing below /sys/kernel/sched_ext. */
const NO_SCHED_EXT = ['hotplug-seq: fail'];

function configWithout(tree: HostTree) {
  tree.setKernelConfig(KERNEL_CONFIG.replace('CONFIG_SCHED_CLASS_EXT=y', '# CONFIG_SCHED_CLASS_EXT is not set'));
}

function withConfig(from: string, to: string) {
  return (tree: HostTree) => tree.setKernelConfig(KERNEL_CONFIG.replace(from, to));
}

function both(...sick: readonly ((tree: HostTree) => void)[]) {
  return (tree: HostTree) => {
    for (const one of sick) one(tree);
  };
}

const noSchedExt = removed('sys/kernel/sched_ext');

gateCases('sched-ext', [
  { host: 'healthy', verdict: 'pass', reason: 'the kernel has sched_ext, disabled now' },
  {
    host: "Debian's 6.12, which leaves it out",
    sick: both(noSchedExt, configWithout),
    verdict: 'fail',
    reason: 'kernel 7.3.4-test has no sched_ext: it is built without CONFIG_SCHED_CLASS_EXT',
    also: [...NO_SCHED_EXT, 'sched-class-ext: fail'],
  },
  {
    host: 'an old kernel, which does not know the option',
    sick: both(noSchedExt, withConfig('CONFIG_SCHED_CLASS_EXT=y\n', '')),
    verdict: 'fail',
    reason: 'kernel 7.3.4-test has no sched_ext: /sys/kernel/sched_ext/state is not there',
    also: [...NO_SCHED_EXT, 'sched-class-ext: fail'],
  },
  {
    host: 'a sysfs that is not the host’s',
    sick: noSchedExt,
    verdict: 'fail',
    reason: 'kernel 7.3.4-test is built with sched_ext, but /sys/kernel/sched_ext/state is not there',
    remedy:
      "Mount the host's /sys, and see whether the file that the kernel's config came from is the running kernel's.",
    also: NO_SCHED_EXT,
  },
  {
    host: 'nothing is known of the kernel',
    sick: both(noSchedExt, removed('proc/sys', 'proc/config.gz', 'boot')),
    verdict: 'fail',
    reason: 'this kernel has no sched_ext: /sys/kernel/sched_ext/state is not there',
    also: [...NO_SCHED_EXT, 'kernel-config: fail', 'sched-class-ext: warn', 'tested-kernel: warn'],
  },
  {
    host: 'a state nobody knows',
    sick: written(STATE, 'paused\n'),
    verdict: 'fail',
    reason: '/sys/kernel/sched_ext/state says "paused", which is no known state',
    also: ['scheduler-free: fail'],
  },
  {
    host: 'unreadable',
    sick: unreadable(STATE),
    verdict: 'fail',
    reason: '/sys/kernel/sched_ext/state is not readable (it is a directory)',
    also: ['scheduler-free: fail'],
  },
]);

gateCases('sched-class-ext', [
  { host: 'healthy', verdict: 'pass', reason: 'CONFIG_SCHED_CLASS_EXT=y in /proc/config.gz' },
  {
    host: 'not set',
    sick: configWithout,
    verdict: 'fail',
    reason: 'CONFIG_SCHED_CLASS_EXT is not set in /proc/config.gz',
  },
  {
    host: 'not known',
    sick: withConfig('CONFIG_SCHED_CLASS_EXT=y\n', ''),
    verdict: 'fail',
    reason: '/proc/config.gz does not know CONFIG_SCHED_CLASS_EXT',
  },
  {
    host: 'no switch',
    sick: withConfig('CONFIG_SCHED_CLASS_EXT=y', 'CONFIG_SCHED_CLASS_EXT=maybe'),
    verdict: 'fail',
    reason: 'CONFIG_SCHED_CLASS_EXT is "maybe" in /proc/config.gz',
  },
  {
    host: 'another option with a longer name',
    sick: withConfig('CONFIG_SCHED_CLASS_EXT=y', 'CONFIG_SCHED_CLASS_EXT_X=y\n# CONFIG_SCHED_CLASS_EXT is not set'),
    verdict: 'fail',
    reason: 'CONFIG_SCHED_CLASS_EXT is not set in /proc/config.gz',
  },
]);

gateCases('hotplug-seq', [
  { host: 'healthy', verdict: 'pass', reason: 'the kernel counts CPU hotplug' },
  {
    host: 'not there',
    sick: removed('sys/kernel/sched_ext/hotplug_seq'),
    verdict: 'fail',
    reason: '/sys/kernel/sched_ext/hotplug_seq is not there',
  },
  {
    host: 'garbage',
    sick: written('sys/kernel/sched_ext/hotplug_seq', 'x\ny'),
    verdict: 'fail',
    reason: '/sys/kernel/sched_ext/hotplug_seq says "x\\ny", no number',
  },
  {
    host: 'unreadable',
    sick: unreadable('sys/kernel/sched_ext/hotplug_seq'),
    verdict: 'fail',
    reason: '/sys/kernel/sched_ext/hotplug_seq is not readable (it is a directory)',
  },
]);

gateCases('scheduler-free', [
  { host: 'healthy', verdict: 'pass', reason: 'no sched_ext scheduler is attached' },
  {
    host: 'ours is attached',
    sick: (tree) => tree.setScheduler('layered_1.1.4_x86_64_unknown_linux_gnu'),
    verdict: 'pass',
    reason: 'scx_layered is attached ("layered_1.1.4_x86_64_unknown_linux_gnu")',
  },
  {
    host: "another's is attached",
    sick: (tree) => tree.setScheduler('lavd_1.0.20'),
    verdict: 'fail',
    reason: 'another sched_ext scheduler is attached: "lavd_1.0.20"',
  },
  {
    host: "another's, with ours in its name",
    sick: (tree) => tree.setScheduler('not_layered_1'),
    verdict: 'fail',
    reason: 'another sched_ext scheduler is attached: "not_layered_1"',
  },
  {
    host: "another's, on its way",
    sick: both((tree) => tree.setScheduler('rusty_1'), written(STATE, 'enabling')),
    verdict: 'fail',
    reason: 'another sched_ext scheduler is attached: "rusty_1"',
  },
  {
    host: 'one on its way, whose is not told yet',
    sick: written(STATE, 'enabling\n'),
    verdict: 'warn',
    reason: 'a sched_ext scheduler is on its way (enabling)',
    remedy: 'Nothing to do: it is asked again by itself.',
  },
  {
    host: 'one on its way out',
    sick: written(STATE, 'disabling\n'),
    verdict: 'warn',
    reason: 'a sched_ext scheduler is on its way (disabling)',
  },
  {
    host: 'nameless',
    sick: written(STATE, 'enabled\n'),
    verdict: 'fail',
    reason: 'a sched_ext scheduler is attached, and whose is not known: /sys/kernel/sched_ext/root/ops is not there',
  },
  {
    host: 'an empty name',
    sick: both(written(STATE, 'enabled\n'), written(OPS, '\n')),
    verdict: 'fail',
    reason: 'a sched_ext scheduler is attached, and whose is not known: /sys/kernel/sched_ext/root/ops is empty',
  },
  {
    host: 'an unreadable name',
    sick: both(written(STATE, 'enabled\n'), unreadable(OPS)),
    verdict: 'fail',
    reason:
      'a sched_ext scheduler is attached, and whose is not known: ' +
      '/sys/kernel/sched_ext/root/ops is not readable (it is a directory)',
  },
  {
    host: 'a kernel without sched_ext',
    sick: noSchedExt,
    verdict: 'pass',
    reason: 'no sched_ext scheduler is attached',
    also: ['sched-ext: fail', ...NO_SCHED_EXT],
  },
]);

gateCases('btf', [
  { host: 'healthy', verdict: 'pass', reason: 'the kernel tells its types (BTF)' },
  {
    host: 'of a big-endian machine',
    sick: written('sys/kernel/btf/vmlinux', Buffer.from([0xeb, 0x9f, 1])),
    verdict: 'pass',
    reason: 'the kernel tells its types (BTF)',
  },
  {
    host: 'not there',
    sick: removed('sys/kernel/btf'),
    verdict: 'fail',
    reason: '/sys/kernel/btf/vmlinux is not there',
  },
  {
    host: 'empty',
    sick: written('sys/kernel/btf/vmlinux', ''),
    verdict: 'fail',
    reason: '/sys/kernel/btf/vmlinux holds no BTF',
  },
  {
    host: 'garbage',
    sick: written('sys/kernel/btf/vmlinux', 'text'),
    verdict: 'fail',
    reason: '/sys/kernel/btf/vmlinux holds no BTF',
  },
  {
    host: 'unreadable',
    sick: unreadable('sys/kernel/btf/vmlinux'),
    verdict: 'fail',
    reason: '/sys/kernel/btf/vmlinux is not readable (it is a directory)',
  },
]);

const BOOT = 'boot/config-7.3.4-test';

gateCases('kernel-config', [
  { host: 'healthy', verdict: 'pass', reason: 'the kernel config is read from /proc/config.gz' },
  {
    host: 'in /boot only, as on Debian',
    sick: removed('proc/config.gz'),
    verdict: 'pass',
    reason: `the kernel config is read from /${BOOT}`,
  },
  {
    host: 'beside the modules only',
    sick: both(removed('proc/config.gz', 'boot'), written('lib/modules/7.3.4-test/config', KERNEL_CONFIG)),
    verdict: 'pass',
    reason: 'the kernel config is read from /lib/modules/7.3.4-test/config',
  },
  {
    host: 'a broken archive, and a good file',
    sick: written('proc/config.gz', Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0])),
    verdict: 'pass',
    reason: `the kernel config is read from /${BOOT}`,
  },
  {
    host: 'nowhere',
    sick: removed('proc/config.gz', 'boot'),
    verdict: 'fail',
    reason:
      'the kernel config is not readable: none of /proc/config.gz, /boot/config-7.3.4-test, ' +
      '/lib/modules/7.3.4-test/config is there',
    also: ['sched-class-ext: warn'],
  },
  {
    host: "another kernel's only",
    sick: both(removed('proc/config.gz', BOOT), written('boot/config-6.1.0', KERNEL_CONFIG)),
    verdict: 'fail',
    reason:
      'the kernel config is not readable: none of /proc/config.gz, /boot/config-7.3.4-test, ' +
      '/lib/modules/7.3.4-test/config is there',
    also: ['sched-class-ext: warn'],
  },
  {
    host: 'a release that is a path',
    sick: both(removed('proc/config.gz'), written('proc/sys/kernel/osrelease', '../../etc/x')),
    verdict: 'fail',
    reason: 'the kernel config is not readable: none of /proc/config.gz is there',
    also: ['sched-class-ext: warn', 'tested-kernel: warn'],
  },
  {
    host: 'garbage everywhere',
    sick: both(written('proc/config.gz', 'hello'), unreadable(BOOT)),
    verdict: 'fail',
    reason:
      "the kernel config is not readable: /proc/config.gz: it is no kernel's config; " +
      '/boot/config-7.3.4-test: it is a directory',
    also: ['sched-class-ext: warn'],
  },
  {
    host: 'without what the scheduler asks for',
    sick: withConfig('CONFIG_HZ=250\nCONFIG_PREEMPT_RCU=y', 'CONFIG_HZ_250=y'),
    verdict: 'fail',
    reason: '/proc/config.gz does not define CONFIG_HZ',
  },
  {
    host: 'without any of it',
    sick: (tree) => tree.setKernelConfig('CONFIG_SCHED_CLASS_EXT=y\n'),
    verdict: 'fail',
    reason: '/proc/config.gz does not define CONFIG_HZ, CONFIG_CC_VERSION_TEXT, CONFIG_LOCALVERSION',
  },
  {
    host: 'a kernel that is not preemptible does not name PREEMPT_RCU',
    sick: withConfig('CONFIG_PREEMPT_RCU=y\n', ''),
    verdict: 'pass',
    reason: 'the kernel config is read from /proc/config.gz',
  },
]);
