import { createByteCollector } from './bytes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/** JSON's white space: tab, newline, carriage return, space. */
export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/** 1 for the bytes that matter outside strings. */
const MARKS = new Uint8Array(256);
for (const mark of [QUOTE, OPEN_ARRAY, CLOSE_ARRAY, OPEN_OBJECT, CLOSE_OBJECT]) MARKS[mark] = 1;

function nextMark(chunk: Buffer, from: number): number {
  let at = from;
  while (at < chunk.length && MARKS[chunk[at] as number] === 0) at += 1;
  return at;
}

/** Cuts JSON values out of a stream of bytes, one after the other. */
export interface ValueCutter {
  /**
   * Reads on from `from`, which is the first byte of a value or continues one.
   *
   * @returns the index after the value, or the chunk's length when it may go on in the next chunk
   * @throws RangeError when the value is larger than the bound
   */
  feed(chunk: Buffer, from: number): number;
  /** Whether `feed` came to the end of the value. */
  readonly complete: boolean;
  /**
   * The value, parsed; the next `feed` begins another one.
   *
   * @throws SyntaxError when the bytes are not one JSON value
   */
  take(): unknown;
}

/**
 * Finding where a value ends takes no more than counting brackets outside strings: whether they
 * match, and all else about the value, is for JSON.parse to judge.
 */
export function createValueCutter(maxBytes: number): ValueCutter {
  const pieces = createByteCollector();
  let state: 'new' | 'scalar' | 'nested' | 'complete' = 'new';
  let depth = 0;
  let inString = false;
  let escaped = false;

  const endOfString = (chunk: Buffer, from: number): number => {
    let at = from;
    if (escaped && at < chunk.length) {
      escaped = false;
      at += 1;
    }
    while (at < chunk.length) {
      const byte = chunk[at];
      at += 1;
      if (byte === QUOTE) {
        inString = false;
        return at;
      }
      if (byte !== BACKSLASH) continue;
      escaped = at === chunk.length;
      at += 1;
    }
    return chunk.length;
  };

  const pastNextMark = (chunk: Buffer, from: number): number => {
    const at = nextMark(chunk, from);
    if (at === chunk.length) return at;
    if (chunk[at] === QUOTE) inString = true;
    else depth += chunk[at] === OPEN_OBJECT || chunk[at] === OPEN_ARRAY ? 1 : -1;
    return at + 1;
  };

  const endOfNested = (chunk: Buffer, from: number): number => {
    let at = from;
    while (at < chunk.length && state !== 'complete') {
      at = inString ? endOfString(chunk, at) : pastNextMark(chunk, at);
      if (depth === 0 && !inString) state = 'complete';
    }
    return at;
  };

  const endOfScalar = (chunk: Buffer, from: number): number => {
    for (let at = from; at < chunk.length; at += 1) {
      const byte = chunk[at];
      if (byte === COMMA || byte === CLOSE_OBJECT || byte === CLOSE_ARRAY || isSpace(byte)) {
        state = 'complete';
        return at;
      }
    }
    return chunk.length;
  };

  return {
    feed(chunk, from) {
      if (state === 'new') {
        const first = chunk[from];
        state = first === QUOTE || first === OPEN_OBJECT || first === OPEN_ARRAY ? 'nested' : 'scalar';
      }
      const end = state === 'nested' ? endOfNested(chunk, from) : endOfScalar(chunk, from);
      if (pieces.length + end - from > maxBytes) throw new RangeError(`a value is larger than ${maxBytes} bytes`);
      pieces.append(chunk.subarray(from, end));
      return end;
    },
    get complete() {
      return state === 'complete';
    },
    take() {
      state = 'new';
      return JSON.parse(pieces.takeText());
    },
  };
}
