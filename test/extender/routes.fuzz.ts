// 100,000 hostile bodies for each route; FUZZ_RUNS sets another number, FUZZ_SEED another seed.
import { test } from 'node:test';
import { fuzz } from './fuzzing.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 100_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 2);

for (const verb of ['prioritize', 'filter'] as const) {
  test(`${runs} hostile bodies for ${verb}, seed ${seed}`, async (t) => {
    const statuses = await fuzz(verb, runs, seed);
    t.diagnostic([...statuses].map(([status, count]) => `${status}: ${count}`).join(', '));
  });
}
