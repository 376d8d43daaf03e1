/** Collects the pieces of something that the borders of chunks cut; costs one copy, however small the pieces are. */
export interface ByteCollector {
  readonly length: number;
  append(piece: Buffer): void;
  /** What was collected, as UTF-8; then it is empty again. */
  takeText(): string;
}

export function createByteCollector(): ByteCollector {
  let buffer = Buffer.alloc(0);
  let length = 0;
  return {
    get length() {
      return length;
    },
    append(piece) {
      if (length + piece.length > buffer.length) {
        const larger = Buffer.allocUnsafeSlow(Math.max(4096, 2 * buffer.length, length + piece.length));
        buffer.copy(larger, 0, 0, length);
        buffer = larger;
      }
      piece.copy(buffer, length);
      length += piece.length;
    },
    takeText() {
      const text = buffer.toString('utf8', 0, length);
      length = 0;
      return text;
    },
  };
}
