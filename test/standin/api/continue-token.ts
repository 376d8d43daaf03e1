import { Buffer } from 'node:buffer';
import { isRecord } from './objects.ts';
import { badRequest } from './refusals.ts';

/** Where a list in pages goes on: the state of which version, after which key. Opaque to clients. */
export interface ContinueToken {
  /** -1: the latest state, at the price of a list that is not consistent. */
  readonly version: number;
  /** The last key that was sent. */
  readonly after: string;
}

const FORMAT = 'meta.k8s.io/v1';
/** The next key in the store's order is the one right after this byte. */
const END = '\0';

export function encodeContinue({ version, after }: ContinueToken): string {
  const token = { v: FORMAT, rv: version, start: `/${after}${END}` };
  return Buffer.from(JSON.stringify(token)).toString('base64url');
}

/** Throws the API server's 400 for what is no token. */
export function decodeContinue(text: string): ContinueToken {
  const illegal = illegalByte(text);
  if (illegal !== null) throw broken(`continue key is not valid: illegal base64 data at input byte ${illegal}`);
  let token: unknown;
  try {
    token = JSON.parse(Buffer.from(text, 'base64url').toString());
  } catch {
    throw broken('continue key is not valid: not JSON');
  }
  if (!isRecord(token) || token['v'] !== FORMAT) {
    throw broken('continue key is not valid: server does not recognize this encoded version');
  }
  const { rv, start } = token;
  if (typeof rv !== 'number' || !Number.isInteger(rv) || rv === 0) {
    throw broken(`continue key is not valid: incorrect encoded start resourceVersion (version ${FORMAT})`);
  }
  if (typeof start !== 'string' || start === '') {
    throw broken(`continue key is not valid: encoded start key empty (version ${FORMAT})`);
  }
  return { version: rv, after: start.replace(/^\//, '').replace(END, '') };
}

function broken(why: string): Error {
  return badRequest(`invalid continue token: ${why}`);
}

/** The index that Go's decoder names for text that is not unpadded base64url; null where it is. */
function illegalByte(text: string): number | null {
  const index = text.search(/[^\w-]/);
  if (index >= 0) return index;
  return text.length % 4 === 1 ? text.length - 1 : null;
}
