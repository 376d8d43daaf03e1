import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readPod } from '../../src/model/pod.ts';
import { spreadOver } from '../../src/model/spread.ts';

function over(owner: object | null, topologySpreadConstraints?: readonly object[]) {
  const ownerReferences = owner === null ? [] : [{ name: 'web', uid: 'o', controller: true, ...owner }];
  const reading = readPod({ metadata: { ownerReferences }, spec: { containers: [], topologySpreadConstraints } });
  assert.ok(reading.ok);
  return spreadOver(reading.pod);
}

const REPLICA_SET = { apiVersion: 'apps/v1', kind: 'ReplicaSet' };
const constraint = (topologyKey: string, whenUnsatisfiable = 'ScheduleAnyway') => ({ topologyKey, whenUnsatisfiable });
const HOSTNAME = 'kubernetes.io/hostname';
const ZONE = 'topology.kubernetes.io/zone';

test('by default: what the scheduler knows the selector of', () => {
  assert.equal(over(REPLICA_SET), 'nodes-and-zones');
  assert.equal(over({ apiVersion: 'apps/v1', kind: 'StatefulSet' }), 'nodes-and-zones');
  assert.equal(over({ apiVersion: 'v1', kind: 'ReplicationController' }), 'nodes-and-zones');
  assert.equal(over({ apiVersion: 'batch/v1', kind: 'Job' }), null);
  assert.equal(over({ apiVersion: 'example.com/v1', kind: 'ReplicaSet' }), null);
  assert.equal(over({ ...REPLICA_SET, controller: false }), null);
  assert.equal(over(null), null);
});

test('constraints of its own take the place of the default ones; those that filter score nothing', () => {
  assert.equal(over(REPLICA_SET, []), 'nodes-and-zones');
  assert.equal(over(REPLICA_SET, [constraint(HOSTNAME)]), 'nodes');
  assert.equal(over(REPLICA_SET, [constraint(ZONE), constraint(HOSTNAME, 'DoNotSchedule')]), 'zones');
  assert.equal(over(REPLICA_SET, [constraint(ZONE), constraint(HOSTNAME)]), 'nodes-and-zones');
  assert.equal(over(REPLICA_SET, [constraint(ZONE, 'DoNotSchedule')]), null);
  assert.equal(over(REPLICA_SET, [constraint('example.com/rack')]), null);
  assert.equal(over({ apiVersion: 'batch/v1', kind: 'Job' }, [constraint(ZONE)]), 'zones');
});
