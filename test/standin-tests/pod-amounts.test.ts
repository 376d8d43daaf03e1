import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPod } from '../../src/model/pod.ts';
import { podCpuRequest } from '../../src/model/pod-request.ts';
import { roundUp } from '../standin/amount.ts';
import { podRequests, readHoldings } from '../standin/pod-amounts.ts';
import { vectors } from '../support/fixtures.ts';

test("counts a pod's CPU as Kubernetes and src/model do", () => {
  for (const { spec, requestMilli } of vectors<{ spec: unknown; requestMilli: number }>('kubernetes/pods.jsonl')) {
    const nano = podRequests(readHoldings(spec)).get('cpu')?.nano ?? 0n;
    assert.equal(Number(roundUp(nano, 1_000_000n)), requestMilli, JSON.stringify(spec));
    const reading = readPod({ metadata: {}, spec });
    assert.ok(reading.ok);
    assert.equal(podCpuRequest(reading.pod), nano);
  }
});

test('memory is counted like CPU', () => {
  const resources = (memory: string) => ({ requests: { memory } });
  const spec = {
    containers: [{ name: 'a', resources: resources('1Gi') }],
    initContainers: [
      { name: 'side', restartPolicy: 'Always', resources: resources('1Gi') },
      { name: 'init', resources: resources('3Gi') },
    ],
    overhead: { memory: '1Gi' },
  };
  assert.equal(podRequests(readHoldings(spec)).get('memory')?.nano, 5n * 1024n ** 3n * 1_000_000_000n);
});
