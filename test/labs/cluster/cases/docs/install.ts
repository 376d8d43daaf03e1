import assert from 'node:assert/strict';
import { AGENT_STATUS } from '../../../../../src/model/keys.ts';
import type { Case, Ctx } from '../../../../e2e/case.ts';
import { addNode, cpuOf, type Pod, pods, WEBHOOKS } from '../../../../e2e/kit.ts';
import { until } from '../../../../support/embedded.ts';
import { blocksOf, shell } from './page.ts';

const INSTALL = 'docs/how-to/install.md';
const SAFE_MODE = 'docs/how-to/safe-mode.md';
const NODES = ['worker-1', 'worker-2'];
/** What the page makes, wherever it stops. */
const NAMESPACES = ['shop', 'temper'];

/** In the block that gives the service its class. */
const PROTECT = '"priorityClassName":"temper-high"';

/** After the block with these words, what the page says of the cluster is so. */
const SAID: ReadonlyArray<readonly [words: string, (ctx: Ctx) => Promise<void>]> = [
  [
    'helm install temper',
    (ctx) =>
      until('each node says that nothing is to be protected', () => words(ctx, /^observing: nothing to protect$/)),
  ],
  [PROTECT, (ctx) => until('each node with the service enforces', () => enforceWhere(ctx))],
  ['safe-mode-requested=true', (ctx) => until('each node is in safe mode', () => words(ctx, /^safe-mode/))],
  ['safe-mode-requested-\n', (ctx) => until('they enforce again', () => enforceWhere(ctx))],
  ['webhook.mode=shadow', async (ctx) => assert.deepEqual(await requests(ctx, 'report'), ['1', '1'])],
  [
    'webhook.mode=enforce',
    async (ctx) => {
      assert.deepEqual(await requests(ctx, 'report'), ['700m', '700m']);
      assert.deepEqual(await requests(ctx, 'web'), ['500m', '500m']);
    },
  ],
  ['helm uninstall temper', nothingLeft],
  ['kubectl delete namespace shop', () => Promise.resolve()],
];

const install: Case = {
  name: 'docs-install',
  what: `the commands of ${INSTALL}, one after the other; after each, what the page says`,
  needsServices: true,
  deadlineMs: 900_000,
  async run(ctx) {
    const { client } = ctx.cluster;
    const labels = { 'kubernetes.io/os': 'linux' };
    for (const name of NODES) await addNode(ctx, { name, cores: 8, labels });
    const run = shell(ctx);
    for (const namespace of NAMESPACES) {
      ctx.after(() => client.delete(`/api/v1/namespaces/${namespace}`).catch(() => {}));
    }
    ctx.after(() => run('helm uninstall temper --namespace temper --no-hooks --ignore-not-found --wait --timeout 2m'));

    const left = new Set(SAID);
    // The page sends its reader there at this point.
    const steps = blocksOf(INSTALL).flatMap((one) => (one.includes(PROTECT) ? [one, ...blocksOf(SAFE_MODE)] : [one]));
    for (const block of steps) {
      const began = performance.now();
      ctx.log(await run(block));
      ctx.figure(block.trim().split('\n').at(-1) ?? '', Math.round((performance.now() - began) / 100) / 10, 's');
      for (const said of SAID.filter(([words]) => block.includes(words))) {
        await said[1](ctx);
        left.delete(said);
      }
    }
    assert.deepEqual(
      [...left].map(([words]) => words),
      [],
      'words that are no longer on the page',
    );
  },
};

interface Node {
  readonly metadata: { readonly name: string; readonly annotations?: Readonly<Record<string, string>> };
}

const statusOf = async ({ cluster: { client } }: Ctx, node: string): Promise<string | undefined> =>
  (await client.get<Node>(`/api/v1/nodes/${node}`)).metadata.annotations?.[AGENT_STATUS];

async function words(ctx: Ctx, wanted: RegExp): Promise<boolean> {
  const said = await Promise.all(NODES.map((node) => statusOf(ctx, node)));
  return said.every((word) => wanted.test(word ?? ''));
}

async function ofApp({ cluster: { client } }: Ctx, app: string): Promise<Pod[]> {
  const all = await client.list<Pod>(pods('shop'), { labelSelector: `app=${app}` });
  return all.filter(({ metadata }) => !('deletionTimestamp' in metadata));
}

async function enforceWhere(ctx: Ctx): Promise<boolean> {
  const nodes = (await ofApp(ctx, 'web')).map(({ spec }) => spec.nodeName ?? '');
  const said = await Promise.all([...new Set(nodes)].map((node) => statusOf(ctx, node)));
  return said.length > 0 && said.every((word) => word === 'enforcing');
}

const requests = async (ctx: Ctx, app: string): Promise<Array<string | undefined>> =>
  (await ofApp(ctx, app)).map(cpuOf);

async function nothingLeft(ctx: Ctx): Promise<void> {
  const { client } = ctx.cluster;
  const classes = await client.list('/apis/scheduling.k8s.io/v1/priorityclasses');
  const webhooks = await client.list(WEBHOOKS);
  const names = [...classes, ...webhooks].map(({ metadata }) => metadata.name);
  assert.deepEqual(
    names.filter((name) => name.startsWith('temper-')),
    [],
  );
  for (const node of NODES) assert.equal(await statusOf(ctx, node), undefined, node);
}

export const DOCS_CASES: readonly Case[] = [install];
/** Whose blocks say that this lab runs them. */
export const RUN_PAGES: readonly string[] = [INSTALL, SAFE_MODE];
