import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TIER_CLASSES, type TierInput, type TierPolicy, tierOf } from '../../src/model/tier.ts';

const policy: TierPolicy = {
  mode: 'value',
  thresholds: { critical: 1_000_000, high: 100_000, normal: 0, low: -100 },
  systemNamespaces: new Set(['kube-system', 'temper']),
};
const named: TierPolicy = { ...policy, mode: 'named' };

const input = (fields: Partial<TierInput>): TierInput => ({
  namespace: 'shop',
  priority: 0,
  priorityClassName: undefined,
  qos: 'Burstable',
  isStatic: false,
  ...fields,
});

const tier = (fields: Partial<TierInput>, by = policy): string => tierOf(input(fields), by).tier;

test('by the value of the priority, at and beside each threshold', () => {
  const table: Array<[number, string]> = [
    [1_000_000_000, 'critical'],
    [1_000_000, 'critical'],
    [999_999, 'high'],
    [100_000, 'high'],
    [99_999, 'normal'],
    [1, 'normal'],
    [-1, 'low'],
    [-100, 'low'],
    [-101, 'background'],
    [-2_147_483_648, 'background'],
  ];
  for (const [priority, expected] of table) {
    assert.equal(tier({ priority, priorityClassName: 'own' }), expected, String(priority));
    assert.equal(tier({ priority }), expected, `${priority} without a class`);
  }
});

test('without a PriorityClass the QoS class decides; a named class of value 0 goes by its value', () => {
  assert.equal(tier({ qos: 'BestEffort' }), 'background');
  assert.equal(tier({ qos: 'BestEffort', priority: undefined }), 'background');
  assert.equal(tier({ qos: 'Burstable' }), 'normal');
  assert.equal(tier({ qos: 'Guaranteed' }), 'normal');
  assert.equal(tier({ qos: 'BestEffort', priorityClassName: 'temper-normal' }), 'normal');
});

test('the classes of the chart land in their own tiers', () => {
  for (const [name, { tier: expected, value }] of TIER_CLASSES) {
    assert.equal(tier({ priority: value, priorityClassName: name }), expected, name);
    assert.equal(tier({ priority: undefined, priorityClassName: name }), expected, `${name}, not resolved`);
    assert.equal(tier({ priority: value, priorityClassName: name }, named), expected, `${name}, named`);
  }
});

test('system priorities: system for static pods and in system namespaces, high elsewhere', () => {
  const priority = 2_000_001_000;
  const priorityClassName = 'system-node-critical';
  assert.equal(tier({ priority, priorityClassName, namespace: 'kube-system' }), 'system');
  assert.equal(tier({ priority, priorityClassName, isStatic: true }), 'system');
  const elsewhere = tierOf(input({ priority, priorityClassName }), policy);
  assert.equal(elsewhere.tier, 'high');
  assert.match(elsewhere.reason, /outside the system namespaces/);
  assert.equal(tier({ priority, priorityClassName }, named), 'normal');
});

test('named: a foreign class counts for nothing, whatever its value', () => {
  assert.equal(tier({ priority: 5_000_000, priorityClassName: 'own' }, named), 'normal');
  assert.equal(tier({ priority: 5_000_000, priorityClassName: 'own', qos: 'BestEffort' }, named), 'background');
});

test('hostile class names are only names', () => {
  for (const priorityClassName of ['constructor', '__proto__', 'toString']) {
    assert.equal(tier({ priorityClassName, priority: undefined }), 'normal');
    assert.equal(tier({ priorityClassName, priority: 0 }, named), 'normal');
  }
});

test('every decision has a reason in words', () => {
  for (const priority of [undefined, 0, 1_000_000, -5, 2_000_000_000]) {
    assert.ok(tierOf(input({ priority }), policy).reason.length > 10);
  }
});
