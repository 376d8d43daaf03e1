import type { Shape } from './shape.ts';

export interface VmOptions {
  readonly shape: Shape;
  readonly accel: Accel;
  /** Emulated: whether each CPU has a thread of its own, and the guest the clock of this machine. */
  readonly isThreaded: boolean;
  /** The kernel's image. */
  readonly kernel: string;
  /** One or more archives, one after the other. */
  readonly initrd: string;
  /** Words for the kernel beyond those that every guest needs. */
  readonly words: readonly string[];
  /** Features of the emulated CPU that the kernel must not see. */
  readonly without: readonly string[];
  /** The longest that one emulated CPU goes on while others wait, microseconds of the guest. @default up to its next timer */
  readonly turnUs?: number;
}

export type Accel = 'kvm' | 'tcg';

/** The descriptor by which the guest and we talk, beside its console on standard input and output. */
export const CHANNEL_FD = 3;

const CHANNEL = [
  ...['-serial', 'stdio', '-device', 'virtio-serial-pci', '-chardev', `socket,id=lab,fd=${CHANNEL_FD}`],
  ...['-device', 'virtserialport,chardev=lab,name=lab'],
];

/**
 * One emulating thread for all CPUs: with one each, attaching ended in a panic of the guest now and then, as static
 * branches were patched under a CPU that ran them (qemu 7.2).
 *
 * The guest's clock counts instructions, 2 ns each, and jumps over idle time: how fast the guest is does not depend on
 * what else this machine does, nor do its time-outs. On a free machine an emulated second of work takes two or three.
 */
const ONE_THREAD = ['-accel', 'tcg,thread=single', '-icount', 'shift=1,sleep=off'];
/** CPUs that really run at once: for races, with the panic above as the price. They cannot count instructions together. */
const THREADED = ['-accel', 'tcg,thread=multi'];
/** Where these are, memory is cleared and copied by string instructions: emulated, they go byte by byte. */
const SLOW = ['erms', 'fsrm'];
const CPU: Readonly<Record<Accel, string>> = { kvm: 'host', tcg: ['max', ...without(SLOW)].join() };

/**
 * Arguments of qemu-system-x86_64. No network and no disk: all that the guest has is in its initial RAM disk.
 *
 * @param who is at the console: `lab` talks by the channel beside it, a `terminal` has only the console
 */
export function vmArguments(options: VmOptions, who: 'lab' | 'terminal' = 'lab'): string[] {
  const { shape, accel, kernel, initrd, words, without: hidden, turnUs } = options;
  const { cpus, sockets, threads, memoryMb } = shape;
  const cores = cpus / (sockets * threads);
  return [
    ...['-M', 'q35'],
    ...accelerator(options),
    ...['-cpu', [CPU[accel], ...without(hidden)].join()],
    ...['-smp', `${cpus},sockets=${sockets},cores=${cores},threads=${threads}`, '-m', `${memoryMb}M`],
    ...numa(shape),
    ...turns(turnUs),
    ...['-nodefaults', '-display', 'none', '-no-reboot', '-monitor', 'none'],
    ...(who === 'lab' ? CHANNEL : ['-serial', 'mon:stdio']),
    ...['-kernel', kernel, '-initrd', initrd],
    ...['-append', ['console=ttyS0', 'panic=-1', ...words].join(' ')],
  ];
}

function accelerator({ accel, isThreaded }: VmOptions): readonly string[] {
  if (accel === 'kvm') return ['-accel', 'kvm'];
  return isThreaded ? THREADED : ONE_THREAD;
}

/**
 * The CPUs run in turn, each until the next timer of any: 4 ms under load, and an interrupt from one CPU to another waits
 * that long. A network filter without a network is a timer that the guest does not feel.
 */
function turns(us: number | undefined): string[] {
  if (us === undefined) return [];
  return ['-netdev', 'hubport,id=turn,hubid=0', '-object', `filter-buffer,id=turns,netdev=turn,interval=${us}`];
}

function numa({ sockets, nodes, memoryMb }: Shape): string[] {
  if (nodes === 1) return [];
  const memory = Array.from({ length: nodes }, (_, node) => [
    ...['-object', `memory-backend-ram,id=mem${node},size=${memoryMb / nodes}M`],
    ...['-numa', `node,nodeid=${node},memdev=mem${node}`],
  ]);
  const places = Array.from({ length: sockets }, (_, socket) => [
    ...['-numa', `cpu,node-id=${Math.floor((socket * nodes) / sockets)},socket-id=${socket}`],
  ]);
  return [...memory, ...places].flat();
}

function without(features: readonly string[]): string[] {
  return features.map((feature) => `-${feature}`);
}
