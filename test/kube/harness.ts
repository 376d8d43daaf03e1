import { anonymousAccess } from '../../src/kube/access.ts';
import { createListWatch, type ListWatch } from '../../src/kube/list-watch.ts';
import type { Resource } from '../../src/kube/resource.ts';
import type { RestartReason } from '../../src/kube/restart.ts';
import { DEFAULT_SETTINGS, type ListWatchSettings } from '../../src/kube/settings.ts';
import type { Change } from '../../src/kube/store.ts';
import { createTransport } from '../../src/kube/transport.ts';
import type { ApiObject } from '../support/api-state.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type FaultyApi, type LiveWatch, startFaultyApi } from '../support/faulty-api.ts';
import { createQueue, type Queue } from '../support/queue.ts';

/** A list-watch of a faulty API server, on a clock that the test turns. */
export interface Harness extends AsyncDisposable {
  readonly api: FaultyApi;
  readonly clock: FakeClock;
  readonly listWatch: ListWatch<Thing>;
  /** Each is pushed before the list-watch waits for its next try; its timer is set by the time a test awaits it. */
  readonly restarts: Queue<RestartReason>;
  readonly changes: Queue<Change<Thing>>;
  /** `TMP…` ids in the order in which they were reported, and `recovered`. */
  readonly problems: string[];
  /** The whole messages of the problems. */
  readonly messages: string[];
  unreadable: number;
  /** `name=data` of all objects, in order. */
  contents(): string[];
  /** Starts the list-watch and resolves when it watches, with the server's end of the watch. */
  synced(): Promise<LiveWatch>;
}

/** The projection of the tests' objects. */
export interface Thing {
  readonly name: string;
  readonly data: unknown;
  readonly version: number;
}

export function readThing(object: unknown): Thing | null {
  const { metadata, data } = object as ApiObject;
  if (data === undefined || data === 'unreadable') return null;
  return { name: metadata.name, data, version: Number(metadata.resourceVersion) };
}

export interface HarnessOptions {
  readonly objects?: number;
  readonly settings?: Partial<ListWatchSettings>;
  readonly resource?: Partial<Resource<Thing>>;
  /** @default always 0.5 */
  readonly random?: () => number;
}

export async function createHarness(options: HarnessOptions = {}): Promise<Harness> {
  const api = await startFaultyApi();
  for (let index = 0; index < (options.objects ?? 3); index += 1) api.state.set(`thing-${index}`, index);
  const clock = new FakeClock();
  const restarts = createQueue<RestartReason>();
  const changes = createQueue<Change<Thing>>();
  const transport = createTransport(anonymousAccess(api.url));
  const listWatch = createListWatch({
    resource: { name: 'things', path: '/api/v1/things', read: readThing, ...options.resource },
    transport,
    clock,
    random: options.random ?? (() => 0.5),
    observer: {
      restarted: (_resource, reason) => restarts.push(reason),
      unreadable: () => {
        harness.unreadable += 1;
      },
      problem: (_resource, error) => {
        harness.problems.push(error.id);
        harness.messages.push(error.message);
      },
      recovered: () => harness.problems.push('recovered'),
    },
    ...(options.settings && { settings: options.settings }),
  });
  listWatch.store.subscribe((change) => changes.push(change));
  const harness: Harness = {
    api,
    clock,
    listWatch,
    restarts,
    changes,
    problems: [],
    messages: [],
    unreadable: 0,
    contents: () => [...listWatch.store.values()].map(({ name, data }) => `${name}=${data}`).sort(),
    async synced() {
      listWatch.start();
      const watch = await api.watch();
      await heard(harness);
      for (let left = listWatch.store.size; left > 0; left -= 1) await changes.next();
      return watch;
    },
    async [Symbol.asyncDispose]() {
      await listWatch.stop();
      transport.close();
      await api.close();
    },
  };
  return harness;
}

const PATIENCE_MS = 20_000;

/** Lets the event loop turn until something holds; throws when it never does. */
export async function until(check: () => boolean): Promise<void> {
  const start = performance.now();
  while (!check()) {
    if (performance.now() - start > PATIENCE_MS) throw new Error(`waited in vain for: ${check}`);
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** Waits until a byte has set back the watchdog. The clock must have moved on since the byte before. */
export async function heard({ clock }: Harness, idleMs: number = DEFAULT_SETTINGS.idleMs): Promise<void> {
  await until(() => clock.pending[0] === idleMs);
}

/** Waits until the client hears nothing more, and then as long as it takes to give up. */
export async function passSilence(harness: Harness, ms: number): Promise<void> {
  await heard(harness, ms);
  harness.clock.advance(ms);
}
