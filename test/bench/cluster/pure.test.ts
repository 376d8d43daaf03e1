import assert from 'node:assert/strict';
import { test } from 'node:test';
import { seeNode, seePod } from '../../../bench/cluster/objects.ts';
import { readOptions } from '../../../bench/cluster/options.ts';
import { reportThroughput } from '../../../bench/cluster/report-throughput.ts';
import { inTurn } from '../../../bench/cluster/rounds.ts';
import { CannotRun } from '../../../scripts/making/cannot-run.ts';

test('each arm is measured once in each round, and each begins one', async () => {
  const order: string[] = [];
  const rounds = await inTurn(['none', 'go', 'temper'], 3, (arm, round) => {
    order.push(`${round}${arm}`);
    return Promise.resolve(arm.length + round);
  });
  assert.deepEqual(order.slice(0, 4), ['0none', '0go', '0temper', '1go']);
  assert.deepEqual(
    [0, 3, 6].map((at) => order[at]),
    ['0none', '1go', '2temper'],
  );
  assert.deepEqual(rounds[2], { none: 6, go: 4, temper: 8 });
});

test('ratios are those of one round, not of the middles', () => {
  const programsMs = new Map([
    ['etcd', 0.6],
    ['idle', 0.01],
  ]);
  const window = (podsPerSecond: number) => ({ podsPerSecond, extenderMs: null, allMs: 1, programsMs, others: 0 });
  const round = (none: number, go: number, temper: number) => ({
    none: window(none),
    go: window(go),
    'go-watched': window(go),
    temper: window(temper),
  });
  const text = reportThroughput({ nodes: 5, rounds: 3, pods: 1, warmUp: 1 }, [
    round(100, 80, 80),
    round(200, 100, 50),
    round(400, 400, 300),
  ]);
  const cells = text.split('\n').find((line) => line.startsWith("| temper's")) ?? '';
  assert.deepEqual(cells.split(' | ').slice(1, 4), ['80 (50 to 300)', '75 (25 to 80)', '75 (50 to 100)']);
  assert.match(text, /at least 95 % of the minimal Go program: \*\*missed/);
  assert.match(text, /at least 75 % of none: met/);
  assert.match(text, /^\| extender \| etcd \|$/m, 'of the programs, those that take something');
  assert.match(text, /^\| temper's \| 0\.60 \|$/m);
});

test('no part named is all of them; what is not understood is told with the usage', () => {
  assert.deepEqual(readOptions([]).parts, ['throughput', 'webhook', 'overcommit', 'memory']);
  assert.deepEqual(readOptions(['memory', 'webhook']).parts, ['webhook', 'memory'], 'in their own order');
  assert.equal(readOptions(['--smoke', '--nodes=7']).nodes, 7, 'what is given is stronger than what a trial takes');
  for (const args of [['nothing'], ['--nodes=0'], ['--nope']]) assert.throws(() => readOptions(args), CannotRun);
});

test('a node counts once it is ready and its taint is gone; a pod without a node is known from one not tried', () => {
  const node = (status: string, taints?: object[]) => ({
    metadata: { name: 'n' },
    spec: { ...(taints && { taints }) },
    status: { conditions: [{ type: 'Ready', status }] },
  });
  assert.deepEqual(seeNode(node('True')), { name: 'n' });
  assert.equal(seeNode(node('False')), null);
  assert.equal(seeNode(node('True', [{}])), null);
  assert.equal(seeNode({ metadata: { name: 'n' }, spec: {}, status: {} }), null);
  const metadata = { namespace: 'shop' };
  const pending = { metadata, spec: {}, status: { conditions: [{ type: 'PodScheduled', status: 'False' }] } };
  assert.deepEqual(seePod(pending), { namespace: 'shop', node: null, hasNoNode: true });
  assert.deepEqual(seePod({ metadata, spec: {} }), { namespace: 'shop', node: null, hasNoNode: false });
});
