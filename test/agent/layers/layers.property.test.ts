// What holds for every node: 1 to 512 CPUs, 0 to 500 pods.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readConfig } from '../../../agent/layers/config-schema.ts';
import { type DesireInput, desire } from '../../../agent/layers/desire.ts';
import { type Desired, LAYERS, type LayerName, type LayerNumbers } from '../../../agent/layers/desired.ts';
import { geometry } from '../../../agent/layers/geometry.ts';
import { LAYER_SPECS } from '../../../agent/layers/layer-specs.ts';
import { render } from '../../../agent/layers/render.ts';
import type { AgentPod } from '../../../agent/pods/agent-pod.ts';
import { fencedNodes, inputs } from './arbitraries.ts';
import { configOf, idOf, inputOf, podOf, treeOf } from './builders.ts';
import { type Contender, divide } from './water-fill.ts';

// The limit ends the search for the smallest counterexample, which could take minutes with 500 pods.
const RUNS = { numRuns: 150, interruptAfterTimeLimit: 20_000 };
const fencedWith = (matching: DesireInput['matching']) =>
  fencedNodes.map((input): DesireInput => ({ ...input, matching }));
const live = fc.oneof(inputs({ maxPods: 500, matching: 'membership' }), fencedWith('membership'));
const stock = fc.oneof(inputs({ maxPods: 500, matching: 'prefixes' }), fencedWith('prefixes'));
const both = fc.oneof(live, stock);

const rangeOf = ({ numbers }: Desired, layer: LayerName) => numbers[layer].cpusRange ?? [0, 0];

test('every config passes the strict schema and lies within the machine', () => {
  fc.assert(
    fc.property(both, (input) => {
      const { desired } = desire(input);
      const rendering = render(desired, input);
      if (!rendering.ok) {
        // Only what a stock binary cannot hold may end in stock.
        assert.ok(input.matching === 'prefixes' && desired.refusal?.includes('over the limit'), rendering.reason);
        return;
      }
      assert.ok(readConfig(JSON.parse(JSON.stringify(rendering.config.layers)), input.machine).ok);
      for (const layer of LAYERS) {
        const { cpusRange, weight } = desired.numbers[layer];
        assert.equal(cpusRange === null, LAYER_SPECS[layer].kind === 'Open');
        assert.ok(weight >= 1 && weight <= 10_000);
        if (cpusRange === null) continue;
        assert.ok(cpusRange[0] >= 0 && cpusRange[0] <= cpusRange[1] && cpusRange[1] <= input.machine.cpus.length);
      }
    }),
    RUNS,
  );
});

test('the reserve is never fenced, nor owned by a protected layer', () => {
  fc.assert(
    fc.property(both, (input) => {
      const { desired } = desire(input);
      const { cpus, threads, reserve } = geometry(input.machine, input.settings.reserve);
      const most = Math.max(0, cpus - Math.min(cpus, Math.max(1, input.settings.reserve)));
      const [fence] = rangeOf(desired, 'critical-fenced');
      for (const layer of ['critical', 'high'] as const) assert.ok(rangeOf(desired, layer)[1] <= most);
      assert.ok(fence <= most);
      assert.ok(rangeOf(desired, 'host')[0] === reserve * threads);
      assert.ok(fence + rangeOf(desired, 'host')[1] + rangeOf(desired, 'rest')[1] <= cpus);
      if (desired.demoted) assert.equal(fence, 0);
    }),
    RUNS,
  );
});

test('with every layer demanding all it may, the fence, the host and the rest get all that is theirs', () => {
  fc.assert(
    fc.property(fencedNodes, (input) => {
      const { desired } = desire(input);
      if (geometry(input.machine, input.settings.reserve).fenceable === 0) return;
      assert.ok(!desired.demoted);
      const { threads, cores } = geometry(input.machine, input.settings.reserve);
      const occupied = new Set<LayerName>(['host', 'rest', ...desired.placements.map(({ layer }) => layer)]);
      const contenders = new Map(
        LAYERS.map((layer): [LayerName, Contender] => {
          const demand = occupied.has(layer) ? rangeOf(desired, layer)[1] / threads : 0;
          return [layer, { weight: desired.numbers[layer].weight, demand }];
        }),
      );
      // A Confined layer without a CPU would starve, so it gets one, if need be of the fence.
      const confined = ['limited', 'limited-low'] as const;
      if (confined.some((layer) => occupied.has(layer))) return;
      const got = divide(cores, contenders);
      for (const layer of ['critical-fenced', 'host', 'rest'] as const) {
        assert.equal(got.get(layer), contenders.get(layer)?.demand, `${layer} of ${cores} cores`);
      }
    }),
    { ...RUNS, numRuns: 2000 },
  );
});

test('each pod is in one layer, and system pods, Normal and below never in a protected one', () => {
  fc.assert(
    fc.property(both, (input) => {
      const { placements } = desire(input).desired;
      const pods = [...input.pods];
      assert.deepEqual(placements.map(({ uid }) => uid).sort(), pods.map(({ uid }) => uid).sort());
      const cgroups = placements.flatMap(({ cgroup }) => (cgroup === null ? [] : [cgroup.id]));
      assert.equal(new Set(cgroups).size, cgroups.length);
      for (const { uid, tier, layer } of placements) {
        if (tier !== 'critical' && tier !== 'high') assert.ok(!LAYER_SPECS[layer].isProtected, `${tier} in ${layer}`);
        assert.equal(layer === 'host', uid === input.self);
        assert.notEqual(layer, 'rest');
      }
    }),
    RUNS,
  );
});

test('the order of the pods does not matter', () => {
  fc.assert(
    fc.property(both, fc.integer(), (input, seed) => {
      const shuffled = [...input.pods].sort((a, b) => order(a, seed) - order(b, seed));
      assert.deepEqual(desire({ ...input, pods: shuffled }), desire(input));
      const [one, other] = [input, { ...input, pods: shuffled }].map((each) => render(desire(each).desired, each));
      assert.deepEqual(one, other);
    }),
    RUNS,
  );
});

test('the shape is one for all pods, machines and settings where members are live', () => {
  const shapes = new Set<string>();
  fc.assert(
    fc.property(live, (input) => {
      shapes.add(configOf(input).shape);
    }),
    RUNS,
  );
  assert.equal(shapes.size, 1);
});

/** The input with one pod more, which has a cgroup that is younger than all others. */
function withOneMore(input: DesireInput, fields: Partial<AgentPod>): { more: DesireInput; added: AgentPod } {
  const added = podOf({ ...fields, uid: '9999' });
  const all = [...input.pods, added];
  const pods = new Map([...input.tree.pods, ...treeOf([added]).pods]);
  return { more: { ...input, pods: all, tree: { ...input.tree, pods } }, added };
}

const added = fc.record({
  tier: fc.constantFrom('critical', 'high', 'normal', 'low', 'background', 'system' as const),
  requestMilli: fc.integer({ min: 0, max: 3000 }),
  limitMilli: fc.option(fc.integer({ min: 100, max: 3000 })),
});

function keepsOrOwnsNothing(was: LayerNumbers, is: LayerNumbers, mayMove: boolean, layer: LayerName): void {
  const owned = mayMove && is.cpusRange?.[1] === 0 ? is.cpusRange : was.cpusRange;
  assert.deepEqual(is, { ...was, cpusRange: owned }, layer);
}

test('one pod more changes its own layer, what a growing fence takes from host and rest, and who may own CPUs beside it', () => {
  fc.assert(
    fc.property(live, added, (input, fields) => {
      const { more, added: pod } = withOneMore(input, fields as Partial<AgentPod>);
      const [before, after] = [desire(input).desired, desire(more).desired];
      // Demotion moves all of Critical: the one large step, and it is reported.
      if (before.demoted !== after.demoted) return assert.equal(pod.tier, 'critical');
      const grown = rangeOf(after, 'critical-fenced')[0] - rangeOf(before, 'critical-fenced')[0];
      const { threads } = geometry(input.machine, input.settings.reserve);
      assert.ok(grown >= 0 && grown <= (Math.ceil((pod.requestMilli + 1) / 1000 / threads) + 1) * threads);

      const own = after.placements.find(({ uid }) => uid === pod.uid)?.layer;
      const others = LAYERS.filter((layer) => layer !== own);
      for (const layer of others.filter((one) => one === 'host' || one === 'rest')) {
        const lost = rangeOf(before, layer)[1] - rangeOf(after, layer)[1];
        assert.ok(lost >= 0 && lost <= Math.max(0, grown), `${layer} lost ${lost}, the fence grew by ${grown}`);
      }
      const mayMove = grown > 0 || !before.placements.some(({ layer }) => layer === own);
      for (const layer of others.filter((one) => one !== 'host' && one !== 'rest')) {
        keepsOrOwnsNothing(before.numbers[layer], after.numbers[layer], mayMove, layer);
      }
      const kept = after.placements.filter(({ uid }) => uid !== pod.uid);
      assert.deepEqual(kept, before.placements);
    }),
    RUNS,
  );
});

test('one pod more moves its own weight by no more than its share of eighths', () => {
  fc.assert(
    fc.property(live, added, (input, fields) => {
      const { more, added: pod } = withOneMore(input, fields as Partial<AgentPod>);
      const { machine } = input;
      const own = desire(more).desired.placements.find(({ uid }) => uid === pod.uid)?.layer ?? 'rest';
      const full = { high: 10, 'system-pods': 4, normal: 4, limited: 4 }[own as string] ?? 1;
      const step = (5000 / geometry(machine, 1).cores) * (full / 24 / 8);
      const eighthsMore = Math.ceil((8 * pod.requestMilli) / (machine.cpus.length * 1000)) + 1;
      const [before, after] = [desire(input), desire(more)].map(({ desired }) => desired.numbers[own].weight);
      assert.ok(Math.abs((after ?? 0) - (before ?? 0)) <= step * eighthsMore + 1);
    }),
    RUNS,
  );
});

test('with a stock binary one pod more takes no block from another', () => {
  fc.assert(
    fc.property(stock, added, (input, fields) => {
      const { more } = withOneMore(input, fields as Partial<AgentPod>);
      const [before, after] = [desire(input), desire(more)].map(({ desired }) => desired);
      if (before?.demoted !== after?.demoted) return;
      const now = new Map(after?.placements.map(({ uid, layer }) => [uid, layer]));
      for (const { uid, layer } of before?.placements ?? []) assert.equal(now.get(uid), layer);
    }),
    RUNS,
  );
});

function order(pod: AgentPod, seed: number): number {
  return Math.sin(Number(idOf(pod.uid)) * 997 + seed);
}

test('nothing at all is a valid node', () => {
  const { desired } = desire(inputOf([]));
  assert.equal(desired.hasProtected, false);
  assert.equal(configOf(inputOf([])).members?.size, 2);
});
