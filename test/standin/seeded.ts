/**
 * Numbers in [0, 1) that are the same for the same seed: a xorshift generator of 32 bits. Good
 * enough to break ties and to vary pods, and for nothing else.
 */
export function seeded(seed: number): () => number {
  // Seeds that lie close together are spread first; a state of zero would stay zero.
  let state = Math.imul(seed + 1, 0x9e3779b1) >>> 0 || 1;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}
