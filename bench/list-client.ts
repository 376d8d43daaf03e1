// One measured process of bench/list.ts: `node bench/list-client.ts VARIANT PORT COUNT`. Says
// `{ ms, growthMb, totalMb }` to its parent once COUNT nodes are known.
import { readFileSync, writeFileSync } from 'node:fs';
import type { ListVariant } from './list.ts';

const [variant, port, count] = process.argv.slice(2);
const server = `http://127.0.0.1:${port}`;
const wanted = Number(count);

/** Makes everything ready; the function it gives begins the list and resolves when all nodes are known. */
const PREPARE: Readonly<Record<ListVariant, () => Promise<() => Promise<void>>>> = {
  temper: () => prepareTemper(false),
  'temper, metadata only': () => prepareTemper(true),
  'client-node informer': prepareInformer,
};

async function prepareTemper(metadataOnly: boolean): Promise<() => Promise<void>> {
  const { anonymousAccess } = await import('../src/kube/access.ts');
  const { createListWatch } = await import('../src/kube/list-watch.ts');
  const { createTransport } = await import('../src/kube/transport.ts');
  return async () => {
    const listWatch = createListWatch({
      resource: { name: 'nodes', path: '/api/v1/nodes', metadataOnly, read: project },
      transport: createTransport(anonymousAccess(new URL(server))),
      clock: {
        now: Date.now,
        monotonic: () => performance.now(),
        after: (ms, callback) => {
          const timer = setTimeout(callback, ms).unref();
          return () => clearTimeout(timer);
        },
      },
      random: Math.random,
      observer: { restarted: unexpected, unreadable: unexpected, problem: unexpected, recovered: () => {} },
    });
    await new Promise<void>((resolve) => {
      let known = 0;
      listWatch.store.subscribe(() => {
        known += 1;
        if (known === wanted) resolve();
      });
      listWatch.start();
    });
  };
}

/** What the extender keeps of a node. */
function project(object: unknown): unknown {
  const { metadata } = object as { metadata: { labels: Record<string, string>; annotations: Record<string, string> } };
  return {
    load: metadata.annotations['temper.codes/tier-load'],
    safeMode: metadata.annotations['temper.codes/safe-mode-requested'],
    enforce: metadata.labels['temper.codes/enforce'],
  };
}

function unexpected(_resource: string, detail?: unknown): never {
  throw new Error(`unexpected during the bench: ${detail}`);
}

/** As the library's own examples have it: a typed list and the informer's cache. */
async function prepareInformer(): Promise<() => Promise<void>> {
  const { CoreV1Api, KubeConfig, makeInformer } = await import('@kubernetes/client-node');
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'bench', server, skipTLSVerify: true }, { name: 'bench' });
  const api = config.makeApiClient(CoreV1Api);
  return async () => {
    const informer = makeInformer(config, '/api/v1/nodes', () => api.listNode());
    await new Promise<void>((resolve, reject) => {
      let known = 0;
      informer.on('add', () => {
        known += 1;
        if (known === wanted) resolve();
      });
      informer.on('error', reject);
      void informer.start();
    });
  };
}

function memoryMb(field: 'VmRSS' | 'VmHWM'): number {
  const line = new RegExp(`${field}:\\s+(\\d+) kB`).exec(readFileSync('/proc/self/status', 'utf8'));
  return Number(line?.[1]) / 1024;
}

/** Sets the high-water mark back to what is in use now: importing must not count as listing. */
function forgetPeak(): void {
  try {
    writeFileSync('/proc/self/clear_refs', '5');
  } catch {
    // A sandbox may forbid it: the growth is then too large, never too small.
  }
}

const list = await PREPARE[variant as ListVariant]();
forgetPeak();
const before = memoryMb('VmRSS');
const start = performance.now();
await list();
const ms = performance.now() - start;
process.send?.({ ms, growthMb: memoryMb('VmHWM') - before, peakMb: memoryMb('VmHWM') }, () => process.exit());
