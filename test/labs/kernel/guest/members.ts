/** What a scx_layered with live membership answers on its socket: `patches/` and its documentation have the protocol. */
import { createConnection } from 'node:net';
import { z } from 'zod';
import { SOCKET } from './truth.ts';

const SOCKET_MS = 10_000;

export interface Change {
  /** The inode of the cgroup's directory. */
  readonly cgroup: string;
  /** Null leaves it to the rules again. */
  readonly layer: string | null;
}

const OUTCOME = z.strictObject({
  applied: z.number(),
  refused: z.array(
    z.strictObject({
      change: z.number(),
      why: z.string(),
      entries: z.number().optional(),
      capacity: z.number().optional(),
      error: z.string().optional(),
    }),
  ),
});

const LIST = z.strictObject({
  members: z.array(z.strictObject({ cgroup: z.string(), layer: z.string() })),
  capacity: z.number(),
});

const THREADS = z.strictObject({
  threads: z.array(
    z.union([
      z.strictObject({
        tid: z.number(),
        layer: z.string().nullable(),
        by: z.enum(['member', 'rules']),
        current: z.boolean(),
        changed_at_ns: z.string(),
      }),
      z.strictObject({ tid: z.number(), why: z.string() }),
    ]),
  ),
});

const CAPABILITIES = z.object({
  members: z.object({ version: z.number(), capacity: z.number() }),
  threads: z.object({ version: z.number() }),
  layers: z.object({ version: z.number() }).optional(),
  standby: z.object({ version: z.number() }).optional(),
});

export type Outcome = z.infer<typeof OUTCOME>;

export interface ThreadLayer {
  readonly tid: number;
  readonly layer: string | null;
  readonly by: 'member' | 'rules';
  /** Whether it was matched since the last change. */
  readonly current: boolean;
  /** By the clock of `process.hrtime`. */
  readonly changedAtNs: bigint;
}

/** What came back for a request. `errno` is 0 for one that was understood. */
export interface Answer {
  readonly errno: number;
  readonly resp: unknown;
}

/** @param args are texts, as the statistics protocol has them */
export function ask(target: string, args: Readonly<Record<string, string>> = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const socket = createConnection(SOCKET);
    let text = '';
    socket
      .setEncoding('utf8')
      .setTimeout(SOCKET_MS, () => socket.destroy(new Error('the scheduler’s socket is silent')))
      .on('error', reject)
      .on('close', () => reject(new Error('the scheduler ended while it was asked')))
      .on('data', (chunk) => {
        text += chunk;
        if (!text.endsWith('\n')) return;
        const { errno, args } = JSON.parse(text) as { errno: number; args: { resp: unknown } };
        resolve({ errno, resp: args.resp });
        socket.destroy();
      });
    socket.write(`${JSON.stringify({ req: 'stats', args: { target, ...args } })}\n`);
  });
}

/** Null where this scx_layered has no live membership. */
export async function capabilities(): Promise<z.infer<typeof CAPABILITIES> | null> {
  const { errno, resp } = await ask('capabilities');
  return errno === 0 ? CAPABILITIES.parse(resp) : null;
}

export async function change(changes: readonly Change[]): Promise<Outcome> {
  return OUTCOME.parse(await understood('members', { changes: JSON.stringify(changes) }));
}

export async function members(): Promise<z.infer<typeof LIST>> {
  return LIST.parse(await understood('members', {}));
}

/** Of those threads that are still there. */
export async function threadLayers(tids: readonly number[]): Promise<ThreadLayer[]> {
  const { threads } = THREADS.parse(await understood('threads', { tids: JSON.stringify(tids) }));
  return threads.flatMap((thread) =>
    'why' in thread ? [] : [{ ...thread, changedAtNs: BigInt(thread.changed_at_ns) }],
  );
}

export async function understood(target: string, args: Readonly<Record<string, string>>): Promise<unknown> {
  const { errno, resp } = await ask(target, args);
  if (errno !== 0) throw new Error(`${target} ${JSON.stringify(args)}: error ${errno}: ${JSON.stringify(resp)}`);
  return resp;
}
