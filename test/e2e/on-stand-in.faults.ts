import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { casesFor } from './case.ts';
import { CASES } from './cases/index.ts';
import { openSession, type Session } from './session.ts';
import { startStandIn } from './stand-in.ts';

/** The cases of the cluster lab on the stand-in of the demo: what keeps the stand-in honest. */

const { cases, leftOut } = casesFor('stand-in', CASES);
let cluster: Awaited<ReturnType<typeof startStandIn>>;
let session: Session;

before(async () => {
  cluster = await startStandIn();
  session = openSession(cluster);
});

after(async () => {
  await session.close();
  await cluster.close();
});

for (const one of cases) {
  test(`${one.name}: ${one.what}`, async (t) => {
    const folder = mkdtempSync(join(tmpdir(), 'temper-e2e-'));
    t.after(() => rmSync(folder, { recursive: true }));
    const problems = await session.run(one, {
      log: (text) => t.diagnostic(text),
      figure: (name, value, unit) => t.diagnostic(`${name}: ${value} ${unit}`),
      artifact: (name) => join(folder, name),
    });
    assert.deepEqual(problems, []);
  });
}

for (const one of leftOut) test(one, { skip: 'only on the real API server' });
