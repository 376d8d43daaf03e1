import assert from 'node:assert/strict';
import { test } from 'node:test';
import { DEFAULT_LAYER_SETTINGS } from '../../../agent/layers/settings.ts';
import { createPlanner, type Known } from '../../../agent/reconcile/plan.ts';
import { machineOf, podOf, treeOf } from '../layers/builders.ts';

const CART = podOf({ uid: '1', tier: 'critical' });
const LARGE = podOf({ uid: '1', tier: 'critical', requestMilli: 64_000 });
const known = (pods = [CART], now = 0): Known => ({
  pods: new Map(pods.map((pod) => [pod.uid, pod])),
  tree: treeOf([CART]),
  machine: machineOf(8),
  settings: DEFAULT_LAYER_SETTINGS,
  matching: 'membership',
  self: null,
  now,
});

test('what has not changed is not planned anew, and each thing that a plan goes by is', () => {
  const plan = createPlanner();
  const first = known();
  const planned = plan(first);
  assert.equal(plan({ ...first, now: 10_000 }), planned);
  const others: Array<Partial<Known>> = [
    { pods: known().pods },
    { tree: treeOf([CART]) },
    { machine: machineOf(8) },
    { settings: { ...DEFAULT_LAYER_SETTINGS } },
    { self: '1' },
    { matching: 'prefixes' },
  ];
  for (const other of others) {
    const before = plan(first);
    assert.notEqual(plan({ ...first, ...other }), before, Object.keys(other).join());
  }
});

test('a plan that time alone changes is made anew then', () => {
  const plan = createPlanner();
  const { demotionHoldMs } = DEFAULT_LAYER_SETTINGS;
  plan(known([LARGE]));
  const fits = known([CART], 1_000);
  assert.equal(plan(fits).desired?.demoted, true);
  assert.equal(plan({ ...fits, now: 1_000 + demotionHoldMs - 1 }).desired?.demoted, true);
  assert.equal(plan({ ...fits, now: 1_000 + demotionHoldMs }).desired?.demoted, false);
});

test('numbers that stay are the same object, so that nobody compares or checks them again', () => {
  const plan = createPlanner();
  const light = podOf({ uid: '2', requestMilli: 1 });
  const layersOf = (pods: Known) => {
    const { config } = plan(pods);
    return config === null || 'refused' in config ? assert.fail() : config.layers;
  };
  const { machine } = known();
  const first = layersOf({ ...known([CART, light]), machine });
  assert.equal(layersOf({ ...known([CART, { ...light, requestMilli: 2 }]), machine }), first);
  assert.notEqual(layersOf({ ...known([{ ...CART, requestMilli: 3_000 }, light]), machine }), first);
});
