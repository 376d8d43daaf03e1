/** What the kernel and scx_layered say themselves, read without any of the agent's code. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createConnection } from 'node:net';
import { promisify } from 'node:util';
import { type ExpectedPod, judge, parseThreads, type ThreadTruth, type Verdict } from './oracle.ts';

const SCHED_EXT = '/sys/kernel/sched_ext';
export const SOCKET = '/var/run/scx/root/stats';
const SOCKET_MS = 10_000;
const POLL_MS = 100;
const MAX_OUTPUT = 64 * 1024 * 1024;
/** Exit code of `layer-of` where no scx_layered is loaded. */
const NO_MAP = 3;

const run = promisify(execFile);

export interface KernelTruth {
  readonly state: string;
  /** Empty where no scheduler is attached. */
  readonly ops: string;
  readonly enableSeq: number;
  readonly hotplugSeq: number;
  readonly nrRejected: number;
}

export function kernelTruth(): KernelTruth {
  return {
    // Before the state, or an attach may seem to be counted before it was told of.
    enableSeq: Number(read('enable_seq')),
    state: read('state'),
    ops: read('root/ops'),
    hotplugSeq: Number(read('hotplug_seq')),
    nrRejected: Number(read('nr_rejected')),
  };
}

function read(file: string): string {
  try {
    return readFileSync(`${SCHED_EXT}/${file}`, 'utf8').trim();
  } catch {
    return '';
  }
}

/** A layer as the statistics have it. */
export interface LayerStatistics {
  readonly index: number;
  readonly tasks: number;
  readonly util: number;
  /** Of that, percent on CPUs that it does not own. */
  readonly util_open_frac: number;
  readonly cur_nr_cpus: number;
  readonly slice_us: number;
  readonly cpus?: readonly (number | string)[];
}

/**
 * One question to the statistics socket; as the first on its connection it has no figures of an interval. The socket is
 * there only a moment after the kernel has enabled the scheduler, and one of an earlier instance may lie there until then.
 */
export async function layerStatistics(): Promise<ReadonlyMap<string, LayerStatistics>> {
  for (const begun = performance.now(); ; ) {
    try {
      return await ask();
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      const isEarly = code === 'ECONNREFUSED' || code === 'ENOENT';
      if (!isEarly || performance.now() - begun > SOCKET_MS) throw error;
      await new Promise((resolve) => setTimeout(resolve, POLL_MS));
    }
  }
}

function ask(): Promise<ReadonlyMap<string, LayerStatistics>> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(SOCKET);
    let text = '';
    socket
      .setEncoding('utf8')
      .setTimeout(SOCKET_MS, () => socket.destroy(new Error('the statistics socket is silent')));
    // A scheduler that ends between question and answer closes it without an error.
    socket.on('close', () => reject(new Error('the statistics socket was closed')));
    socket.on('error', reject).on('data', (chunk) => {
      text += chunk;
      if (!text.includes('\n')) return;
      socket.destroy();
      const { args } = JSON.parse(text) as { args: { resp: { layers: Record<string, LayerStatistics> } } };
      resolve(new Map(Object.entries(args.resp.layers)));
    });
    socket.write('{"req":"stats","args":{"target":"top"}}\n');
  });
}

/** All threads of the node; null where no scx_layered is loaded. @param program path of `layer-of` */
export async function threadTruth(program: string): Promise<ThreadTruth[] | null> {
  try {
    const { stdout } = await run(program, ['threads'], { maxBuffer: MAX_OUTPUT });
    return parseThreads(stdout);
  } catch (error) {
    if ((error as { code?: unknown }).code === NO_MAP) return null;
    throw error;
  }
}

/** How many BPF objects the kernel holds. @param program path of `layer-of` */
export async function bpfObjects(program: string): Promise<Readonly<Record<'programs' | 'maps' | 'links', number>>> {
  const { stdout } = await run(program, ['objects']);
  return JSON.parse(stdout) as Record<'programs' | 'maps' | 'links', number>;
}

/**
 * Judges the layers of all threads that ran within `ms`.
 *
 * @throws Error where no scheduler is attached, or it was not the same one at both looks
 */
export async function judgeLayers(program: string, pods: readonly ExpectedPod[], ms = 2_000): Promise<Verdict> {
  const { enableSeq } = kernelTruth();
  const names = new Map([...(await layerStatistics())].map(([name, { index }]) => [index, name]));
  const before = await threadTruth(program);
  await new Promise((resolve) => setTimeout(resolve, ms));
  const after = await threadTruth(program);
  const { state, enableSeq: seqAfter } = kernelTruth();
  if (before === null || after === null || state !== 'enabled' || seqAfter !== enableSeq) {
    throw new Error(`no scheduler stayed attached while its layers were read: ${state}`);
  }
  return judge(before, after, names, pods);
}
