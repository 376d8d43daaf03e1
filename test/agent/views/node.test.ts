import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GateCheck } from '../../../agent/gate/gate.ts';
import { LAYERS } from '../../../agent/layers/desired.ts';
import type { Known } from '../../../agent/views/known.ts';
import { explainNode, layeredConfig, nodeStatus, observation } from '../../../agent/views/node.ts';
import { settingsNotices } from '../../../agent/views/settings-notices.ts';
import { NO_NEWS } from '../../../src/config/reload.ts';
import { AT, knownOf, STOCK } from './known.ts';

const statistics = {
  layers: { high: { index: 2, tasks: 5, util: 150, cur_nr_cpus: 2 }, low: { index: 5, tasks: null, util: null } },
};

test('before the first turn there is an answer to every question', () => {
  const known = knownOf({ turn: null, scheduler: STOCK, pods: new Map() });
  const status = nodeStatus(known);
  assert.deepEqual(status.gate, { checks: [], refusal: null });
  assert.equal(status.lastContactAt, null);
  assert.equal(status.stockGap.currentMs, null);
  assert.deepEqual(
    status.layers.map(({ name }) => name),
    [...LAYERS],
  );
  assert.deepEqual(layeredConfig(known).layers, []);
  assert.equal(observation(known).machine.cores, 0);
  assert.ok(explainNode(known).lines.length >= 2);
});

test('tiers count requests before scaling, layers count pods whose cgroup is known', () => {
  const { tiers, layers } = nodeStatus(knownOf());
  assert.deepEqual(tiers.critical, { pods: 1, requestMilli: 2000 });
  assert.deepEqual(tiers.normal, { pods: 2, requestMilli: 400 });
  assert.deepEqual(tiers.system, { pods: 0, requestMilli: 0 });
  const pods = Object.fromEntries(layers.map(({ name, pods }) => [name, pods]));
  assert.deepEqual([pods['critical-fenced'], pods['normal'], pods['rest']], [1, 1, 0]);
});

test('what of the settings is not in force is told beside what the layers say', () => {
  const news = { refused: 'TMP1004: x', waiting: ['server.port'] };
  const known = knownOf({ settingsNotices: settingsNotices(news, true) });
  const ids = nodeStatus(known).notices.map(({ id }) => id);
  assert.deepEqual(ids, ['limits-not-enforced', 'settings-refused', 'settings-need-restart', 'settings-pending']);
  assert.match(
    explainNode(known).lines.join('\n'),
    /not in force: TMP1004: x\n.*only at start: server.port\n.*listed again/,
  );
  assert.deepEqual(settingsNotices(NO_NEWS, false), []);
});

test('a gap goes on only while enforcement is wanted and is not there', () => {
  const waiting = { ...STOCK, phase: 'waiting' } as const;
  const turn = knownOf().turn;
  const stays = { ...turn, decision: { ...turn?.decision, goal: { want: 'stock', reason: 'r', urgent: false } } };
  const cases: ReadonlyArray<[Partial<Known>, number | null]> = [
    [{}, null],
    [{ scheduler: waiting }, 4_000],
    [{ scheduler: waiting, now: AT - 10_000 }, 0],
    [{ scheduler: waiting, turn: stays as Known['turn'] }, null],
  ];
  for (const [change, gap] of cases) assert.equal(nodeStatus(knownOf(change)).stockGap.currentMs, gap);
});

test('what is attached may be ours or another’s', () => {
  assert.equal(nodeStatus(knownOf()).scheduler.attached, 'layered');
  assert.equal(nodeStatus(knownOf({ scheduler: { ...STOCK, foreign: 'lavd' } })).scheduler.attached, 'lavd');
  assert.equal(nodeStatus(knownOf({ scheduler: STOCK })).scheduler.attached, null);
});

test('the config in force is shown, else the one that would be, else none', () => {
  const inForce = layeredConfig(knownOf());
  assert.deepEqual([inForce.inForce, inForce.generation, inForce.layers.length], [true, 12, LAYERS.length]);
  const wouldBe = layeredConfig(knownOf({ scheduler: STOCK }));
  assert.deepEqual(wouldBe, { ...inForce, inForce: false });
  const turn = knownOf().turn;
  const refused = turn && { ...turn, plan: { ...turn.plan, config: { refused: 'why' } } };
  assert.equal(layeredConfig(knownOf({ scheduler: STOCK, turn: refused })).hash, '');
});

test('what nothing measures is absent, never zero', () => {
  const { layers } = observation(knownOf({ statistics }));
  const high = layers.find(({ name }) => name === 'high');
  assert.deepEqual(high, {
    name: 'high',
    pods: 0,
    index: 2,
    tasks: 5,
    cur_nr_cpus: 2,
    cpus: 2,
    cpusUsed: 1.5,
    util: 150,
  });
  const low = layers.find(({ name }) => name === 'low') ?? {};
  for (const field of ['cpus', 'cpusUsed', 'util']) assert.ok(!(field in low), field);
  assert.deepEqual(
    observation(knownOf()).layers.find(({ name }) => name === 'high'),
    { name: 'high', pods: 0 },
  );
});

test('an explanation has the status first, then what failed, what asks for safe mode, and how it last ended', () => {
  const check = { id: 'TMP3101', check: 'sched-ext', verdict: 'fail', reason: 'no sched_ext', remedy: 'newer kernel' };
  const passed = { ...check, verdict: 'pass', reason: 'fine' };
  const turn = knownOf().turn;
  const { lines } = explainNode(
    knownOf({
      status: { word: 'unsupported', reason: 'no sched_ext' },
      turn: turn && { ...turn, gate: { checks: [passed, check] as GateCheck[], refusal: 'no sched_ext' } },
      safeMode: { sources: ['host-file'], reason: 'asked for by the host file' },
      scheduler: { ...STOCK, lastExit: { class: 'ejected', detail: 'stall', at: AT } },
    }),
  );
  assert.equal(lines[0], 'unsupported: no sched_ext');
  assert.equal(lines[1], 'TMP3101: no sched_ext; newer kernel');
  assert.equal(lines[2], 'safe mode: asked for by the host file');
  assert.equal(lines.at(-2), 'scheduler: stock: nothing is wanted');
  assert.equal(lines.at(-1), 'it last ended at 2026-11-21T10:00:00.000Z (ejected): stall');
  assert.ok(!lines.join().includes('fine'));
});
