/**
 * A body as UTF-8.
 *
 * @returns null where it has more than `maxBytes`; the rest is not read
 * @throws what reading the body throws
 */
export async function readText(body: AsyncIterable<Buffer>, maxBytes: number): Promise<string | null> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of body) {
    pieces.push(piece);
    length += piece.length;
    if (length > maxBytes) return null;
  }
  return Buffer.concat(pieces).toString('utf8');
}
