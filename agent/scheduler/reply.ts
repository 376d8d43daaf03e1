import { z } from 'zod';

/** Every answer on the socket: an error number, 0 where all is well, and the data or an error text. */
const REPLY = z.object({ errno: z.int(), args: z.object({ resp: z.unknown() }).optional() });

const MAX_TEXT = 200;

export type Reply = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly reason: string };

/** @throws Error where it is no answer of this protocol */
export function readReply(value: unknown): Reply {
  const parsed = REPLY.safeParse(value);
  if (!parsed.success) throw new Error('statistics socket: the answer is not understood');
  const { errno, args } = parsed.data;
  if (errno === 0) return { ok: true, data: args?.resp };
  const text = typeof args?.resp === 'string' ? `: ${args.resp.slice(0, MAX_TEXT)}` : '';
  return { ok: false, reason: `error ${errno}${text}` };
}
