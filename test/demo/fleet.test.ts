import assert from 'node:assert/strict';
import { test } from 'node:test';
import { daemonPods } from '../../demo/fleet/daemons.ts';
import { drawFrom } from '../../demo/fleet/draw.ts';
import { makeNodes } from '../../demo/fleet/nodes.ts';
import { LIMIT_RANGES, NAMESPACES, TEMPLATES } from '../../demo/fleet/templates.ts';
import { makeWorkloads } from '../../demo/fleet/workloads.ts';
import { readPod } from '../../src/model/pod.ts';
import { podCpuRequest } from '../../src/model/pod-request.ts';
import { limitRangeProblems } from '../standin/limit-range.ts';
import { seeded } from '../standin/seeded.ts';

const fleet = (seed: number, padding: readonly [number, number] = [2, 4]) =>
  makeWorkloads(1000, padding, drawFrom(seeded(seed)));

test('one seed gives one fleet, another seed another', () => {
  assert.deepEqual(fleet(1), fleet(1));
  assert.notDeepEqual(fleet(1), fleet(2));
  assert.deepEqual(makeNodes(20, drawFrom(seeded(3))), makeNodes(20, drawFrom(seeded(3))));
});

test('as many pods arrive as were asked for', () => {
  for (const count of [1, 2, 7, 500]) {
    const workloads = makeWorkloads(count, [2, 4], drawFrom(seeded(1)));
    assert.equal(workloads.flatMap(({ arrivals }) => arrivals).length, count);
  }
});

test('the mix holds every kind of pod that the report speaks of', () => {
  const workloads = fleet(1);
  const bodies = workloads.flatMap(({ arrivals }) => arrivals).map(({ body }) => JSON.stringify(body));
  const some = (part: string): boolean => bodies.some((body) => body.includes(part));
  for (const name of ['temper-critical', 'temper-high', 'temper-low', 'temper-background']) assert.ok(some(name), name);
  for (const part of [
    '"restartPolicy":"Always"',
    '"migrate"',
    'pod-template-hash',
    'StatefulSet',
    '"Job"',
    '"resources":{}',
  ]) {
    assert.ok(some(part), part);
  }
  assert.ok(some('"temper.codes/overcommit":"disabled"'));
  assert.ok(workloads.some(({ autoscaler }) => autoscaler !== null));
});

test('containers ask for as many times their use as the padding says', () => {
  for (const [low, high] of [
    [1, 1],
    [2, 4],
    [5, 5],
  ] as const) {
    for (const { body, useMilli } of fleet(1, [low, high]).flatMap(({ arrivals }) => arrivals)) {
      const { spec } = body as {
        spec: { containers: Array<{ resources: { requests?: { cpu: string } } }>; initContainers: object[] };
      };
      const request = Number(spec.containers[0]?.resources.requests?.cpu.replace('m', ''));
      if (Number.isNaN(request) || spec.initContainers.length > 0) continue;
      // People write round numbers, so small requests are further off.
      assert.ok(request >= useMilli * low - 126 && request <= useMilli * high + 126, `${request} for ${useMilli}`);
    }
  }
});

test('no pod is refused by the fleet own LimitRanges, and every workload has a namespace', () => {
  const names = new Set<string>(NAMESPACES.map(({ name }) => name));
  assert.ok(TEMPLATES.every(({ namespace }) => names.has(namespace)));
  for (const { namespace, body } of fleet(5).flatMap(({ arrivals }) => arrivals)) {
    const ranges = LIMIT_RANGES.filter(
      ({ metadata }) => metadata.namespace === namespace && metadata.name !== 'defaults',
    );
    assert.deepEqual(
      limitRangeProblems(
        ranges.map(({ spec }) => spec),
        (body as { spec: unknown }).spec,
      ),
      [],
    );
  }
});

test('pods of a workload are alike, and each node has its daemons', () => {
  for (const { arrivals } of fleet(2)) {
    const requests = arrivals.map(({ body }) => {
      const reading = readPod(body);
      assert.ok(reading.ok);
      return podCpuRequest(reading.pod);
    });
    assert.equal(new Set(requests).size, 1);
  }
  assert.equal(daemonPods(makeNodes(4, drawFrom(seeded(1)))).length, 12);
});
