import assert from 'node:assert/strict';
import { TIER_LOAD } from '../../../src/model/keys.ts';
import { until } from '../../support/embedded.ts';
import type { ServiceProcess } from '../../support/service-process.ts';
import { explain, metric } from '../ask-service.ts';
import type { Case, Ctx } from '../case.ts';
import { addClasses } from '../classes.ts';
import { blackHole, lateFront } from '../front.ts';
import { addNode, createPod, type Pod, pods, startService } from '../kit.ts';
import { type LoadWanted, tierLoad } from '../tier-load.ts';
import { withScheduler } from '../with-scheduler.ts';

/** What becomes of pods when the extender knows nothing, is late, or says nothing at all; and whether it notices. */

const CORES = 8;
const HOUR_MS = 3_600_000;

interface PodsWanted {
  readonly namespace: string;
  readonly scheduler: string;
  readonly count: number;
  readonly className: string;
  readonly cpu?: string;
}

let named = 0;

/** Bare pods, so that no spreading of the scheduler's own is in play. @returns the node of each once all are bound */
async function placePods(ctx: Ctx, { namespace, scheduler, count, className, cpu }: PodsWanted): Promise<string[]> {
  const spec = { priorityClassName: className, schedulerName: scheduler };
  const names = Array.from({ length: count }, () => `web-${named++}`);
  await Promise.all(names.map((name) => createPod(ctx, namespace, { name, spec, ...(cpu && { cpu }) })));
  const ours = new Set(names);
  let nodes: string[] = [];
  await until(`${count} pods of ${scheduler} are bound`, async () => {
    const all = await ctx.cluster.client.list<Pod>(pods(namespace));
    nodes = all.filter(({ metadata }) => ours.has(metadata.name)).flatMap(({ spec: { nodeName } }) => nodeName ?? []);
    return nodes.length === count;
  });
  return nodes;
}

/** How many on each, the most first. */
function perNode(nodes: readonly string[]): number[] {
  return [...Map.groupBy(nodes, (node) => node).values()].map(({ length }) => length).sort((a, b) => b - a);
}

async function addReporting(ctx: Ctx, name: string, load: Partial<LoadWanted> | null, cores = CORES): Promise<void> {
  const annotations =
    load === null ? {} : { [TIER_LOAD]: tierLoad({ cores, protection: 'enforcing', heartbeatMs: HOUR_MS, ...load }) };
  await addNode(ctx, { name, cores, annotations });
}

const NEARLY_FULL = { milli: { normal: 7_000 } };

const unknown: Case = {
  name: 'stale-and-missing',
  what: 'reports that are too old or missing count for nothing: batch pods spread as without temper, until one is fresh again',
  async run(ctx) {
    await addClasses(ctx);
    const service = await ctx.service();
    const stale = { ...NEARLY_FULL, at: Date.now() - 4 * HOUR_MS };
    await addReporting(ctx, 'stale-1', stale);
    await addReporting(ctx, 'stale-2', stale);
    await addReporting(ctx, 'missing-1', null);
    await addReporting(ctx, 'missing-2', null);
    await withScheduler(ctx, service, 'temper-unknown');
    await ctx.cluster.addNamespace('unknown');
    const batch = { namespace: 'unknown', scheduler: 'temper-unknown', className: 'temper-background' };
    const seen = (freshness: string) => metric(service, `temper_extender_nodes{freshness="${freshness}"}`);
    await until(
      'the service knows the nodes',
      async () => (await seen('stale')) === 2 && (await seen('missing')) === 2,
    );
    assert.deepEqual(perNode(await placePods(ctx, { ...batch, count: 8 })), [2, 2, 2, 2]);
    const annotations = { [TIER_LOAD]: tierLoad({ cores: CORES, protection: 'enforcing', ...NEARLY_FULL }) };
    await ctx.cluster.client.patch('/api/v1/nodes/stale-2', { metadata: { annotations } });
    await until('it is fresh', async () => (await seen('fresh')) === 1);
    assert.deepEqual(await placePods(ctx, { ...batch, count: 1 }), ['stale-2'], 'packed where others are already');
  },
};

/** One node that the extender prefers for batch, and that the scheduler itself would choose last. */
async function addContrary(ctx: Ctx, namespace: string): Promise<string> {
  const [preferred, ...others] = ['one', 'two', 'three', 'four'].map((name) => `${namespace}-${name}`) as [string];
  await addReporting(ctx, preferred, NEARLY_FULL);
  for (const name of others) await addReporting(ctx, name, {});
  await ctx.cluster.addNamespace(namespace);
  // Not of a tier that is scored, and so nothing to the extender but what its node reports.
  await createPod(ctx, namespace, { name: 'there-already', cpu: '6', spec: { nodeName: preferred } });
  return preferred;
}

/** As the chart has it: 200 ms. */
const TIMEOUT_MS = 200;
const FEW = 5;

const silent: Case = {
  name: 'extender-black-hole',
  what: 'an extender that accepts and never answers costs each pod the time-out, and all are placed as without it',
  async run(ctx) {
    await addClasses(ctx);
    await addContrary(ctx, 'hole');
    const urlPrefix = await blackHole(ctx);
    await withScheduler(ctx, await ctx.service(), 'temper-hole', { urlPrefix, httpTimeoutMs: TIMEOUT_MS });
    const began = performance.now();
    const batch = { namespace: 'hole', scheduler: 'temper-hole', className: 'temper-background', cpu: '100m' };
    const nodes = await placePods(ctx, { ...batch, count: FEW });
    ctx.figure('each pod, extender a black hole', (performance.now() - began) / FEW, 'ms');
    assert.ok(!nodes.includes('hole-one'), 'where the scheduler itself would not go');
  },
};

/** The service beside a scheduler, as the chart has it. */
const BESIDE = { extender: { enabled: true, loopback: true }, server: { loopbackPort: 0 } };
const besideUrl = ({ ports }: ServiceProcess): string => `http://127.0.0.1:${ports.get('loopback')}/scheduler`;

const slow: Case = {
  name: 'extender-slow',
  what: 'an extender that is slow, but in time, is followed; one that is late is not, and the pods are placed all the same',
  async run(ctx) {
    await addClasses(ctx);
    const service = await startService(ctx, BESIDE);
    const preferred = await addContrary(ctx, 'late');
    await until('the service knows the node', async () => (await explain(service, `nodes/${preferred}`)) !== null);
    const front = await lateFront(ctx, besideUrl(service), TIMEOUT_MS);
    const at = (httpTimeoutMs: number) => ({ urlPrefix: front, weight: 5, httpTimeoutMs });
    await withScheduler(ctx, service, 'temper-slow', at(30_000));
    await withScheduler(ctx, service, 'temper-late', at(TIMEOUT_MS / 4));
    const place = (scheduler: string) =>
      placePods(ctx, { namespace: 'late', scheduler, count: FEW, className: 'temper-background', cpu: '10m' });
    assert.deepEqual(perNode(await place('temper-slow')), [FEW]);
    assert.ok(!(await place('temper-late')).includes(preferred), 'where the scheduler itself would not go');
  },
};

/** So many that it was asked about, and the service judges. */
const ENOUGH = 50;
const AT_A_TIME = 20;

/** Places pods until the service judges: a busy machine keeps some questions from it where the time-out is short. */
async function placeEnough(ctx: Ctx, service: ServiceProcess, scheduler: string): Promise<void> {
  const bound = (asked: string) => metric(service, `temper_extender_bound_pods_total{${asked}`);
  const batch = { namespace: 'agree', scheduler, className: 'temper-background', cpu: '10m' };
  // A service counts what was bound in the second before its start, since the API server's times are whole seconds.
  const before = await bound('');
  for (let placed = AT_A_TIME; (await bound('asked="yes"')) < ENOUGH; placed += AT_A_TIME) {
    await placePods(ctx, { ...batch, count: AT_A_TIME });
    await until('the service has seen all bound', async () => (await bound('')) === before + placed);
  }
}

const agreement: Case = {
  name: 'agreement',
  what: 'the service measures whether the scheduler follows it, and says so when it does not (TMP4001)',
  async run(ctx) {
    await addClasses(ctx);
    const preferred = await addContrary(ctx, 'agree');
    for (const [scheduler, timeoutMs, follows] of [
      ['temper-heard', 30_000, true],
      ['temper-deaf', TIMEOUT_MS / 2, false],
    ] as const) {
      const service = await startService(ctx, BESIDE);
      const front = follows ? besideUrl(service) : await lateFront(ctx, besideUrl(service), TIMEOUT_MS);
      const different = { urlPrefix: front, weight: 5, httpTimeoutMs: timeoutMs };
      await withScheduler(ctx, service, scheduler, different);
      await until('the service knows the node', async () => (await explain(service, `nodes/${preferred}`)) !== null);
      await placeEnough(ctx, service, scheduler);
      const ratio = await metric(service, 'temper_extender_agreement_ratio');
      const chance = await metric(service, 'temper_extender_agreement_by_chance_ratio');
      ctx.figure(`${scheduler}: agreement`, ratio, `(by chance ${chance})`);
      assert.equal(ratio > chance, follows);
      const isTold = (): boolean => service.log.some((line) => line.includes('TMP4001'));
      if (follows) assert.equal(isTold(), false);
      else await until('the service says so', isTold);
    }
  },
};

const BURST = 500;
const BURST_NODES = 20;

const burst: Case = {
  name: 'burst',
  what: 'a burst of 500 pods is spread by reservations, though no agent reports anything meanwhile',
  async run(ctx) {
    await addClasses(ctx);
    const service = await ctx.service();
    for (let index = 0; index < BURST_NODES; index += 1) await addReporting(ctx, `burst-${index}`, {}, 64);
    // So much that the scheduler's own spreading of load is nothing beside it.
    await withScheduler(ctx, service, 'temper-burst', { weight: 20 });
    await ctx.cluster.addNamespace('burst');
    const began = performance.now();
    const wanted = { namespace: 'burst', scheduler: 'temper-burst', count: BURST, className: 'temper-normal' };
    const found = perNode(await placePods(ctx, { ...wanted, cpu: '100m' }));
    ctx.figure('a burst of 500, from the first creation to the last binding', (performance.now() - began) / 1000, 's');
    ctx.figure('most of 500 on one of 20 nodes', found[0] ?? 0, 'pods');
    ctx.figure('fewest', found.length < BURST_NODES ? 0 : (found.at(-1) ?? 0), 'pods');
    assert.ok((found[0] ?? 0) <= BURST / BURST_NODES + 1, `${found.join(' ')}`);
  },
};

export const EXTENDER_CASES: readonly Case[] = [unknown, silent, slow, agreement, burst];
