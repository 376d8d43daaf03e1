import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { goEnv } from './go.ts';
import { PROGRAMS, versionIn } from './programs.ts';
import { schemasOf } from './schemas.ts';

const goMod = (module: string): string => readFileSync(join(import.meta.dirname, 'modules', module, 'go.mod'), 'utf8');

test('each program is pinned by the module that builds it', () => {
  for (const { module, versionOf, path } of Object.values(PROGRAMS)) {
    assert.match(versionIn(goMod(module), versionOf), /^v\d+\.\d+\.\d+$/);
    assert.match(
      goMod(module),
      new RegExp(`^(\\s*(tool )?|module )${path}$`, 'm'),
      `${path} is one of its tools, or it`,
    );
  }
  assert.throws(() => versionIn(goMod('tools'), 'k8s.io/nothing'), /requires no k8s.io\/nothing/);
});

test('all of Kubernetes is of one version', () => {
  const minor = versionIn(goMod('kubernetes'), 'k8s.io/kubernetes').replace(/^v1/, 'v0');
  const replaced = [...goMod('kubernetes').matchAll(/^\s*(k8s\.io\/\S+) => (\S+) (\S+)$/gm)];
  assert.ok(replaced.length > 30);
  for (const [, name, by, version] of replaced) assert.deepEqual([by, version], [name, minor]);
});

test("what a person set for other Go builds does not reach the lab's", () => {
  const env = goEnv('/cache', { GOFLAGS: '-mod=mod', CGO_ENABLED: '1', GOARCH: 'arm', HOME: '/home', GOPROXY: 'x' });
  assert.equal(env['GOFLAGS'], '-modcacherw');
  assert.equal(env['CGO_ENABLED'], '0');
  assert.equal(env['GOARCH'], undefined);
  assert.deepEqual([env['HOME'], env['GOPROXY']], ['/home', 'x'], 'where modules come from is theirs to say');
});

test('schemas are closed, hold what they lead to, and have the names that kubeconform asks for', () => {
  const kind = (group: string, version: string, name: string) => ({
    'x-kubernetes-group-version-kind': [{ group, version, kind: name }],
  });
  const port = 'io.k8s.apimachinery.pkg.util.intstr.IntOrString';
  const files = schemasOf({
    pod: { ...kind('', 'v1', 'Pod'), properties: { spec: { $ref: '#/definitions/spec' } } },
    spec: { properties: { next: { $ref: '#/definitions/spec' }, port: { $ref: `#/definitions/${port}` } } },
    [port]: { type: 'string', format: 'int-or-string' },
    role: { ...kind('rbac.authorization.k8s.io', 'v1', 'Role'), properties: {} },
    options: { 'x-kubernetes-group-version-kind': [...Array(2)].map(() => ({ group: '', version: 'v1', kind: 'O' })) },
  });
  assert.deepEqual([...files.keys()], ['pod-v1.json', 'role-rbac-v1.json']);
  const pod = files.get('pod-v1.json') as { additionalProperties: boolean; definitions: Record<string, object> };
  assert.equal(pod.additionalProperties, false);
  assert.deepEqual(Object.keys(pod.definitions), ['spec', port]);
  assert.deepEqual(pod.definitions[port], { oneOf: [{ type: 'string' }, { type: 'integer' }] });
  assert.deepEqual(Reflect.get(pod.definitions['spec'] ?? {}, 'additionalProperties'), false);
});
