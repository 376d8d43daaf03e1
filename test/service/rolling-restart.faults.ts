import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { makeCa } from '../support/certificates.ts';
import { embedded, until } from '../support/embedded.ts';
import { fixture } from '../support/fixtures.ts';
import { httpsClient } from '../support/https-client.ts';
import { type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

/** How often a caller learns which replicas are ready, as from EndpointSlices, only faster. */
const ENDPOINTS_MS = 50;
/** Many times as long, so that a busy machine is late for none of them. */
const DRAIN_MS = 2_000;
const WORKERS = 12;

test('two replicas restarted in turn under load: no request fails', async (t) => {
  const cluster = await embedded();
  const ca = makeCa();
  const settings = { server: { drainMs: DRAIN_MS } };
  const start = (): ServiceProcess => startServiceProcess({ kubeconfig: cluster.kubeconfig, settings, ca });
  const replicas = [start(), start()];
  const client = httpsClient(ca.cert, WORKERS);
  t.after(async () => {
    client.close();
    await Promise.all(replicas.map((replica) => replica.stop()));
    await cluster.close();
  });
  await Promise.all(replicas.map((replica) => replica.ready()));

  let endpoints: number[] = [];
  const refresh = async (): Promise<void> => {
    const found = await Promise.all(replicas.map(readyPort));
    endpoints = found.filter((port) => port !== null);
  };
  await refresh();
  let isOver = false;
  t.after(() => {
    isOver = true;
  });
  // One after the other: an answer that was late would bring back a replica that is gone.
  const refreshing = (async () => {
    while (!isOver) {
      await pause(ENDPOINTS_MS);
      await refresh();
    }
  })();

  const review = fixture('admission/shop-burstable-create.json');
  const args = fixture('extender/schedulerprioritize-names-crit-2.json');
  const tally = { sent: 0, failed: [] as string[], closing: 0 };
  const work = async (worker: number): Promise<void> => {
    for (let turn = worker; !isOver; turn += 1) {
      const port = endpoints[turn % endpoints.length];
      assert.ok(port !== undefined, 'no replica is ready');
      const [path, body] = turn % 3 === 0 ? ['/scheduler/prioritize', args] : ['/mutate?timeout=2s', review];
      tally.sent += 1;
      await client.post(port, path, body).then(
        ({ status, headers }) => {
          if (status !== 200) tally.failed.push(`${path} ${status}`);
          if (headers['connection'] === 'close') tally.closing += 1;
        },
        (error: Error) => tally.failed.push(`${path} ${error.message}`),
      );
    }
  };
  const working = Promise.all(Array.from({ length: WORKERS }, (_, worker) => work(worker)));

  for (const index of [0, 1, 0, 1]) {
    const old = replicas[index];
    const before = tally.sent;
    await until('requests under way', () => tally.sent > before + 200);
    await old?.stop();
    assert.equal(old?.child.exitCode, 0);
    const next = start();
    replicas[index] = next;
    await next.ready();
    await until('the new replica is an endpoint', () => endpoints.includes(next.ports.get('https') ?? -1));
  }
  isOver = true;
  await Promise.all([working, refreshing]);
  assert.deepEqual(tally.failed, []);
  assert.ok(tally.sent > 2000, String(tally.sent));
  assert.ok(tally.closing > 0, 'a draining replica asks its callers to close');
  t.diagnostic(`${tally.sent} requests, ${tally.closing} answered with Connection: close`);
});

async function readyPort({ ports, child }: ServiceProcess): Promise<number | null> {
  const ops = ports.get('ops');
  if (ops === undefined || child.exitCode !== null) return null;
  const answer = await fetch(`http://127.0.0.1:${ops}/readyz`).catch(() => null);
  return answer?.ok ? (ports.get('https') ?? null) : null;
}
