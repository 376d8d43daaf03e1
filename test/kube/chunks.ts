import fc from 'fast-check';

/** Bytes cut at random places, also inside characters; some pieces are empty, some a single byte. */
export function chunked(bytes: fc.Arbitrary<Buffer>): fc.Arbitrary<{ bytes: Buffer; chunks: Buffer[] }> {
  return fc.tuple(bytes, fc.array(fc.nat(), { maxLength: 12 })).map(([whole, cuts]) => {
    const borders = [0, ...cuts.map((cut) => cut % (whole.length + 1)).sort((a, b) => a - b), whole.length];
    return { bytes: whole, chunks: borders.slice(1).map((end, index) => whole.subarray(borders[index], end)) };
  });
}
