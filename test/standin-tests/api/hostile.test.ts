import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { mutatorHook } from '../../standin/admission/hooks.ts';
import { LIMIT_RANGES, PODS, RESOURCE_QUOTAS, RESOURCES } from '../../standin/api/resources.ts';
import { StatusError } from '../../standin/api/status.ts';
import { bench, podBody } from '../helpers.ts';

/** JSON made of the words of the API, so that it gets past the first check more often than not. */
const words = fc.constantFrom(
  ...['metadata', 'name', 'labels', 'annotations', 'ownerReferences', 'spec', 'status', 'containers', 'initContainers'],
  ...['resources', 'requests', 'limits', 'cpu', 'memory', 'overhead', 'tolerations', 'volumes', 'hard', 'type', 'min'],
  ...['affinity', 'nodeSelector', 'conditions', 'capacity', 'value', '__proto__', 'constructor', 'toString', ''],
);
const values = fc.oneof(
  fc.constantFrom('1', '500m', '1Gi', '-1', 'a', 'shop', '', 'Container', 'Always', '1e400', '\u0000', 'x'.repeat(300)),
  fc.constantFrom<unknown>(0, 1, -1, 1.5, 1e300, true, false, null, [], {}),
);
const { tree } = fc.letrec<{ tree: unknown }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, depthSize: 'medium' },
    values,
    fc.array(tie('tree'), { maxLength: 3 }),
    fc.dictionary(words, tie('tree'), { maxKeys: 6, noNullPrototype: true }),
  ),
}));

/** Fails for anything but success or a refusal that is the client's fault. */
async function answered(action: () => unknown): Promise<void> {
  try {
    await action();
  } catch (error) {
    assert.ok(error instanceof StatusError, String(error instanceof Error ? error.stack : error));
    assert.ok(error.status.code < 500, error.message);
  }
}

test('whatever is created, the answer is an object or a refusal below 500', async () => {
  const { api } = await bench();
  const metadata = { name: 'x' };
  const limits = [{ type: 'Container', max: { cpu: '4' } }];
  await api.create(LIMIT_RANGES, { namespace: 'shop', body: { metadata, spec: { limits } } });
  await api.create(RESOURCE_QUOTAS, { namespace: 'shop', body: { metadata, spec: { hard: { 'requests.cpu': '9' } } } });
  await fc.assert(
    fc.asyncProperty(fc.constantFrom(...RESOURCES), tree, tree, async (type, body, spec) => {
      const namespace = type.namespaced ? 'shop' : undefined;
      await answered(() => api.create(type, { namespace, body }));
      await answered(() => api.create(type, { namespace, body: { metadata: { generateName: 'a-' }, spec } }));
      const container = { name: 'app', image: 'x:1', resources: spec };
      const pod = { metadata: { generateName: 'a-' }, spec: { ...podBody({}).spec, containers: [container] } };
      await answered(() => api.create(PODS, { namespace: 'shop', body: pod }));
    }),
    { numRuns: 300 },
  );
});

test('whatever is patched, the same', async () => {
  const { api } = await bench();
  await api.create(PODS, { namespace: 'shop', body: podBody({ name: 'a' }) });
  await fc.assert(
    fc.asyncProperty(tree, fc.constantFrom<'status' | undefined>('status', undefined), async (patch, subresource) => {
      await answered(() => api.patch(PODS, { namespace: 'shop', name: 'a', patch, subresource }));
      await answered(() => api.patch(PODS, { namespace: 'shop', name: 'a', patch: { status: patch }, subresource }));
      await answered(() => api.bind('shop', 'a', patch));
    }),
    { numRuns: 300 },
  );
});

test('whatever a webhook patches, the pod is admitted or refused', async () => {
  const { api } = await bench();
  const paths = ['/spec', '/spec/containers/0/resources', '/metadata', '/metadata/annotations', '/status', '', '/x/y'];
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('add', 'replace', 'remove'),
      fc.constantFrom(...paths),
      tree,
      async (op, path, value) => {
        api.setHooks([mutatorHook({ name: 'wild', mutate: () => [{ op, path, value }] })]);
        try {
          await api.create(PODS, { namespace: 'shop', body: podBody({ generateName: 'a-' }) });
        } catch (error) {
          assert.ok(error instanceof StatusError, String(error instanceof Error ? error.stack : error));
        }
      },
    ),
    { numRuns: 300 },
  );
});
