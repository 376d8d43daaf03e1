const MAX_TEXT = 200;

export type Reply = { readonly ok: true; readonly data: unknown } | { readonly ok: false; readonly reason: string };

/**
 * Every answer on the socket: an error number, 0 where all is well, and the data or an error text.
 *
 * @throws Error where it is no answer of this protocol
 */
export function readReply(value: unknown): Reply {
  if (!isObject(value)) throw notUnderstood();
  const { errno, args } = value;
  if (!Number.isSafeInteger(errno) || (args !== undefined && !isObject(args))) throw notUnderstood();
  const resp = args?.['resp'];
  if (errno === 0) return { ok: true, data: resp };
  const text = typeof resp === 'string' ? `: ${resp.slice(0, MAX_TEXT)}` : '';
  return { ok: false, reason: `error ${errno}${text}` };
}

/** An object of JSON: neither null nor a list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function notUnderstood(): Error {
  return new Error('statistics socket: the answer is not understood');
}
