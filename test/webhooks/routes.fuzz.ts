// 100,000 hostile reviews; FUZZ_RUNS sets another number, FUZZ_SEED another seed.
import { test } from 'node:test';
import { fuzz } from './fuzzing.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 100_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 2);

test(`${runs} hostile reviews, seed ${seed}`, async (t) => {
  const { statuses, patched } = await fuzz(runs, seed);
  t.diagnostic(`${[...statuses].map(([status, count]) => `${status}: ${count}`).join(', ')}; ${patched} patched`);
});
