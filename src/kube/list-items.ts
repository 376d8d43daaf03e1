import { z } from 'zod';
import { createValueCutter, isSpace, type ValueCutter } from './json-value.ts';
import { RestartError, restart } from './restart.ts';

const metadataSchema = z.object({
  resourceVersion: z.string().min(1).max(256),
  continue: z.string().max(65_536).optional(),
});

/** What a page of a list says of itself. */
export interface ListMetadata {
  /** The version that a watch can go on from. */
  readonly resourceVersion: string;
  /** How to ask for the next page; undefined on the last one. */
  readonly continue: string | undefined;
}

export interface ListReader {
  /** Takes the next bytes of the document; hands on the items that end in them. */
  push(chunk: Buffer): void;
  /** Tells that there are no more bytes. */
  end(): ListMetadata;
}

/** Where in the document the next byte is. In `key`, `value` and `item` the value cutter reads. */
type State =
  | 'start'
  | 'first-key'
  | 'next-key'
  | 'key'
  | 'colon'
  | 'before-value'
  | 'value'
  | 'after-value'
  | 'first-item'
  | 'next-item'
  | 'item'
  | 'after-item'
  | 'done';

/** The punctuation that each place allows. Anything else begins a value where `BEGINS_VALUE` has the place, and is refused elsewhere. */
const PUNCTUATION: Readonly<Partial<Record<State, Readonly<Record<string, State>>>>> = {
  start: { '{': 'first-key' },
  'first-key': { '"': 'key', '}': 'done' },
  'next-key': { '"': 'key' },
  colon: { ':': 'before-value' },
  'after-value': { ',': 'next-key', '}': 'done' },
  'after-item': { ',': 'next-item', ']': 'after-value' },
  'first-item': { ']': 'after-value' },
};

const BEGINS_VALUE: Readonly<Partial<Record<State, State>>> = {
  'before-value': 'value',
  'first-item': 'item',
  'next-item': 'item',
};

/**
 * Reads a Kubernetes list while it arrives: each item is parsed, handed on and forgotten, so that no
 * page is ever held as a whole. A document is accepted if and only if JSON.parse would take it and it
 * has one `items` (an array or null) and a usable `metadata`, in whatever order.
 *
 * @param maxItemBytes bound of each item and of each other value
 * @throws RestartError (from `push` and `end`) for anything else
 */
export function createListReader(maxItemBytes: number, onItem: (item: unknown) => void): ListReader {
  const cutter = createValueCutter(maxItemBytes);
  let state: State = 'start';
  let key: unknown;
  let metadata: unknown;
  let hasItems = false;

  const beginItems = (): State => {
    if (hasItems) throw notAList('it has two sets of items');
    hasItems = true;
    return 'first-item';
  };

  const step = (character: string): State => {
    if (state === 'before-value' && key === 'items' && character === '[') return beginItems();
    const next = PUNCTUATION[state]?.[character] ?? BEGINS_VALUE[state];
    if (next === undefined) throw notAList('it is not JSON');
    return next;
  };

  const finish = (value: unknown): void => {
    if (state === 'item') {
      state = 'after-item';
      onItem(value);
      return;
    }
    if (state === 'key') {
      key = value;
      state = 'colon';
      return;
    }
    if (key === 'metadata') metadata = value;
    // Some servers write an empty list as null.
    if (key === 'items' && value === null) beginItems();
    state = 'after-value';
  };

  const isReading = (): boolean => state === 'key' || state === 'value' || state === 'item';

  const readOn = (chunk: Buffer, from: number): number => {
    if (isReading()) {
      const end = feed(cutter, chunk, from);
      if (cutter.complete) finish(take(cutter));
      return end;
    }
    const byte = chunk[from] ?? 0;
    if (!isSpace(byte)) state = step(String.fromCharCode(byte));
    // The first byte of a value belongs to it.
    return isReading() ? from : from + 1;
  };

  return {
    push(chunk) {
      let at = 0;
      while (at < chunk.length) at = readOn(chunk, at);
    },
    end() {
      if (state !== 'done') throw notAList('it ends too soon');
      if (!hasItems) throw notAList('it has no items');
      const { success, data } = metadataSchema.safeParse(metadata);
      if (!success) throw notAList('its metadata has no resourceVersion');
      return { resourceVersion: data.resourceVersion, continue: data.continue || undefined };
    },
  };
}

function feed(cutter: ValueCutter, chunk: Buffer, from: number): number {
  try {
    return cutter.feed(chunk, from);
  } catch {
    throw notAList('an item is too large');
  }
}

function take(cutter: ValueCutter): unknown {
  try {
    return cutter.take();
  } catch {
    throw notAList('it is not JSON');
  }
}

/** The parser's own words are left out: they quote the document, which may hold secrets. */
function notAList(problem: string): RestartError {
  return new RestartError(restart('bad-list', `the answer is not a list that can be understood: ${problem}`));
}
