// 100,000 hostile inputs for each door of the agent, fewer where sockets are in between; FUZZ_RUNS sets another number,
// FUZZ_SEED another seed.
import { test } from 'node:test';
import { DOORS, knock } from './hostile-inputs.ts';

const runs = Number(process.env['FUZZ_RUNS'] ?? 100_000);
const seed = Number(process.env['FUZZ_SEED'] ?? 2);

for (const door of DOORS) {
  test(`hostile inputs for ${door.name}, seed ${seed}`, async (t) => {
    t.diagnostic(`${await knock(door, runs, seed)} inputs`);
  });
}
