import { test } from 'node:test';
import { DOORS, knock } from './hostile-inputs.ts';

for (const door of DOORS) {
  test(`2,000 hostile inputs for ${door.name}, fewer where sockets are in between`, async () => {
    await knock(door, 2_000, 1);
  });
}
