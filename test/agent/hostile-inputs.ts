import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { type ClientHttp2Session, connect as connectHttp2 } from 'node:http2';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeOverrides, MAX_OVERRIDES, UID } from '../../agent/pods/overrides.ts';
import { readAgentPod } from '../../agent/pods/read-pod.ts';
import { verifyLayers } from '../../agent/reconcile/verify-layers.ts';
import { readNamespaceRequest, readNodeFacts } from '../../agent/safemode/node-facts.ts';
import { controlAt } from '../../agent/scheduler/control.ts';
import { readReply } from '../../agent/scheduler/reply.ts';
import { readStatistics, statisticsAt } from '../../agent/scheduler/statistics.ts';
import { TIERS } from '../../src/model/tier.ts';
import { systemClock } from '../../src/telemetry/system-clock.ts';
import { seeded } from '../standin/seeded.ts';
import { mutateBody } from '../support/mutate.ts';
import { policy } from '../support/webhook.ts';
import { fakeFacade } from './api/fake-facade.ts';
import { ask, serve } from './api/harness.ts';
import { memberConfig } from './scheduler/support.ts';

/** What comes from others into the agent, and what must hold of it. Each takes hostile bytes and may throw where a rule is broken. */
export interface Door {
  readonly name: string;
  readonly seeds: readonly string[];
  /** Of so many runs it takes part in one: those with sockets are slow. */
  readonly every: number;
  open(): Promise<{ take(bytes: Buffer): unknown; close(): unknown }>;
}

const KEY = (name: string): string => `temper.codes/${name}`;
const UID_TEXT = '0c9a7b1e-6e0b-4f0e-9a63-b8f7f0a2a001';

const NODE_SEED = JSON.stringify({
  metadata: {
    name: 'node-1',
    uid: UID_TEXT,
    labels: { [KEY('enforce')]: 'disabled' },
    annotations: {
      [KEY('safe-mode-requested')]: 'true',
      [KEY('qos-overrides')]: JSON.stringify({ [UID_TEXT]: 'high' }),
      [KEY('config-generation')]: '7',
      [KEY('agent-status')]: 'enforcing',
    },
  },
});
const POD_SEED = JSON.stringify({
  metadata: {
    uid: UID_TEXT,
    namespace: 'shop',
    name: 'web-1',
    deletionTimestamp: null,
    annotations: {
      [KEY('original-requests')]: '{"v":1,"factor":0.5,"containers":{"app":{"original":"500m","scaled":"250m"}}}',
      'kubernetes.io/config.hash': 'b6c9f2a1d3e4f5061728394a5b6c7d8e',
      'kubernetes.io/config.mirror': 'b6c9f2a1d3e4f5061728394a5b6c7d8e',
      'kubernetes.io/config.source': 'file',
    },
  },
  spec: {
    nodeName: 'node-1',
    priority: 100_000,
    priorityClassName: 'temper-high',
    containers: [{ name: 'app', resources: { requests: { cpu: '250m' }, limits: { cpu: '1' } } }],
    initContainers: [{ name: 'side', restartPolicy: 'Always', resources: { requests: { cpu: '0.1' } } }],
    overhead: { cpu: '10m' },
  },
  status: {
    phase: 'Running',
    containerStatuses: [{ containerID: `containerd://${'a'.repeat(64)}`, state: { running: {} } }],
  },
});
const LAYER = { index: 0, tasks: 4, util: 12.5, nr_cpus: 2, cpus: [3, 0] };
const STATISTICS_SEED = JSON.stringify({
  errno: 0,
  args: { resp: { at: 1, busy: 0.5, layers: { 'critical-fenced': LAYER, normal: { ...LAYER, index: 4 } } } },
});
const REFUSAL_SEED = JSON.stringify({ errno: 22, args: { resp: 'no such layer' } });

const still =
  (take: (bytes: Buffer) => unknown): Door['open'] =>
  () =>
    Promise.resolve({ take, close() {} });

function json(bytes: Buffer): unknown {
  try {
    return JSON.parse(bytes.toString());
  } catch {
    return undefined;
  }
}

function takeNode(bytes: Buffer): void {
  const object = json(bytes);
  readNamespaceRequest(object);
  const node = readNodeFacts(object);
  if (node === null) return;
  const asked = (object as { metadata: { annotations?: Record<string, unknown> } }).metadata.annotations ?? {};
  const request = Object.hasOwn(asked, KEY('safe-mode-requested')) ? asked[KEY('safe-mode-requested')] : undefined;
  if (typeof request === 'string') assert.equal(node.safeMode.wanted, request !== '' && request !== 'false');
  takeOverrides(Buffer.from(node.qosOverrides ?? ''));
}

function takeOverrides(bytes: Buffer): void {
  const reading = decodeOverrides(bytes.toString());
  if (!reading.ok) return;
  assert.ok(reading.value.size <= MAX_OVERRIDES);
  for (const [uid, tier] of reading.value) assert.ok(UID.test(uid) && TIERS.includes(tier), `${uid}: ${tier}`);
}

function takePod(bytes: Buffer): void {
  const pod = readAgentPod(json(bytes), policy())?.pod;
  if (pod === undefined || pod === null) return;
  assert.match(pod.uid, UID);
  assert.match(pod.cgroupUid, UID);
  for (const milli of [pod.requestMilli, pod.specMilli, pod.limitMilli ?? 0]) {
    assert.ok(Number.isSafeInteger(milli) && milli >= 0, `${milli}`);
  }
  if (pod.disbelieved !== null) assert.equal(pod.requestMilli, pod.specMilli, 'what is not believed does not count');
  for (const id of pod.containerIds) assert.match(id, /^[0-9a-f]{64}$/);
}

function takeStatistics(bytes: Buffer): void {
  const evidence = { 'critical-fenced': { threads: 4, ranMs: 100, takesUnknown: false } };
  try {
    const reply = readReply(json(bytes));
    if (!reply.ok) assert.ok(reply.reason.length < 300, reply.reason);
    else verifyLayers(readStatistics(reply.data), evidence);
  } catch (error) {
    assert.match(String(error), /^Error: statistics socket: the (?:answer is|statistics are) not understood$/);
  }
}

/** A socket that answers each line with the bytes it was given last. */
async function openSocket() {
  const folder = mkdtempSync(join(tmpdir(), 'temper-fuzz-'));
  const path = join(folder, 'stats');
  let answer: Buffer = Buffer.alloc(0);
  const server = createServer((socket) => {
    socket.on('error', () => {});
    // What is not answered is ended: nobody waits for a time-out here.
    socket.on('data', () => socket.end(Buffer.concat([answer, Buffer.from('\n')])));
  });
  server.listen(path);
  await once(server, 'listening');
  const config = memberConfig([[1n, 0]]);
  return {
    async take(bytes: Buffer) {
      answer = bytes;
      const session = statisticsAt(path, systemClock).open();
      await session.read().then(
        ({ layers }) => assert.ok(Object.keys(layers).length <= 16),
        (error: Error) => assert.match(error.message, /^statistics socket: .{1,300}$/s),
      );
      session.close();
      const threads = statisticsAt(path, systemClock).open();
      await threads.threads([1]).then(
        (told) => assert.ok(told === null || Array.isArray(told)),
        (error: Error) => assert.match(error.message, /^statistics socket: .{1,300}$/s),
      );
      threads.close();
      const control = controlAt(path, systemClock).open();
      const { kind } = await control.update(null, config);
      control.close();
      assert.ok(['applied', 'refused', 'unknown'].includes(kind));
    },
    async close() {
      server.close();
      await once(server, 'close');
      rmSync(folder, { recursive: true });
    },
  };
}

const METHODS = ['GetStatus', 'GetLayeredConfig', 'SetQos', 'ClearQos', 'ReloadScheduler', 'SetSafeMode', 'Explain'];

/** One raw message to one method; the answer has a status, and is not a fault of ours. */
async function call(session: ClientHttp2Session, method: string, message: Buffer): Promise<void> {
  const frame = Buffer.alloc(5);
  frame.writeUInt32BE(message.length, 1);
  const stream = session.request({
    ':method': 'POST',
    ':path': `/temper.agent.v1.Agent/${method}`,
    'content-type': 'application/grpc',
    te: 'trailers',
  });
  let status: unknown;
  const note = (headers: Record<string, unknown>) => {
    status ??= headers['grpc-status'];
  };
  stream
    .on('response', note)
    .on('trailers', note)
    .on('error', () => {});
  stream.end(Buffer.concat([frame, message]));
  stream.resume();
  await once(stream, 'close');
  assert.match(String(status), /^\d{1,2}$/, `${method} with ${message.toString('hex')}`);
  assert.notEqual(status, '2', 'an unknown error is one that nobody thought of');
}

async function openGrpc() {
  const facade = fakeFacade();
  const served = await serve(facade);
  const session = connectHttp2(`http://127.0.0.1:${served.port}`);
  session.on('error', () => {});
  let count = 0;
  return {
    async take(bytes: Buffer) {
      count += 1;
      const text = json(bytes);
      const message = typeof text === 'string' ? Buffer.from(text, 'latin1') : bytes;
      await call(session, METHODS[count % METHODS.length] ?? '', message.subarray(0, 4_096));
    },
    async close() {
      // It still serves, and nothing was caught that nobody had thought of.
      await ask((request: object, done) => served.client.getStatus(request, done), {});
      assert.deepEqual(served.observer.faults, []);
      session.destroy();
      await served.stop();
    },
  };
}

/** A message's bytes in a JSON string, and JSON that is no message at all. */
const MESSAGE_SEEDS = ['"\\n\\u000e\\u0012\\u0004shop\\u001a\\u0006cart-0\\u0012\\u0004high"', '{"pod":{"uid":"a"}}'];

export const DOORS: readonly Door[] = [
  { name: 'the Node and the Namespace', seeds: [NODE_SEED], every: 1, open: still(takeNode) },
  {
    name: 'the overrides',
    seeds: [JSON.stringify({ [UID_TEXT]: 'high', 'b-2': 'low' })],
    every: 1,
    open: still(takeOverrides),
  },
  { name: 'a pod', seeds: [POD_SEED], every: 1, open: still(takePod) },
  { name: 'statistics', seeds: [STATISTICS_SEED, REFUSAL_SEED], every: 1, open: still(takeStatistics) },
  { name: 'the socket', seeds: [STATISTICS_SEED, REFUSAL_SEED, '{"errno":0}'], every: 50, open: openSocket },
  { name: 'gRPC', seeds: MESSAGE_SEEDS, every: 20, open: openGrpc },
];

/** Sends hostile bytes through a door; fails where one breaks a rule, with the run and the seed. */
export async function knock(door: Door, runs: number, seed: number): Promise<number> {
  const random = seeded(seed);
  const opened = await door.open();
  let count = 0;
  try {
    for (; count < runs / door.every; count += 1) {
      const text = door.seeds[Math.floor(random() * door.seeds.length)] ?? '';
      const bytes = mutateBody(text, random);
      try {
        await opened.take(bytes);
      } catch (error) {
        throw new Error(`run ${count} of seed ${seed}: ${bytes.toString().slice(0, 2_000)}`, { cause: error });
      }
    }
  } finally {
    await opened.close();
  }
  assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  return count;
}
