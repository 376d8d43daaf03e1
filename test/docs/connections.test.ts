// Who can open a connection, and where to: docs/explanation/security.md says that nothing leaves the cluster.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';

/** What can connect: modules of Node, and what brings its own. A type alone connects nothing. */
const CONNECTS = new RegExp(
  [
    /import (?!type\b)[^;]*\b(createConnection|connect|request|Agent|Socket|lookup|resolve\w*)\b[^;]*from 'node:(net|http|https|tls)'/,
    /from 'node:(dgram|dns|http2)/,
    /(import|export) (?!type\b)[^;]*from '(@grpc\/grpc-js|@kubernetes\/client-node|undici|ws|axios)'/,
    /\b(fetch|WebSocket|EventSource)\(/,
  ]
    .map(({ source }) => source)
    .join('|'),
);

const WHERE_TO: Readonly<Record<string, string>> = {
  'src/kube/transport.ts': 'the API server of the access that was found',
  'src/kube/kube-config.ts': 'reads kubeconfigs; the connection is that of transport.ts',
  'src/cli/connect/port-forward.ts': 'the API server, for a port-forward',
  'src/cli/connect/forward.ts': 'nowhere: a socket that listens, in a folder of the user',
  'src/cli/connect/agent.ts': 'the address that was given, or the socket of the port-forward',
  'src/cli/connect/grpc-error.ts': 'nowhere: codes',
  'src/cli/chart/ready.ts': 'the addresses that are given to it: Services of the release',
  'agent/api/grpc/server.ts': 'nowhere: it listens',
  'agent/api/grpc/service.ts': 'nowhere: it listens',
  'agent/api/grpc/handlers.ts': 'nowhere: codes',
  'agent/api/grpc/status.ts': 'nowhere: codes',
  'agent/api/definition.ts': 'nowhere: messages',
  'agent/scheduler/line-socket.ts': 'the socket of scx_layered, a file',
  'agent/ownership/ahead.ts': 'the socket of another agent of the node, a file',
  'agent/ownership/queue.ts': 'nowhere: it listens at a file',
};

test('nothing connects but what is listed with where to', () => {
  const files = globSync('{src,agent,webhooks,extender}/**/*.ts');
  assert.ok(files.length > 100);
  const connecting = files.filter((file) => CONNECTS.test(readFileSync(file, 'utf8')));
  assert.deepEqual(connecting.sort(), Object.keys(WHERE_TO).sort());
});

test('no source names a host that is not of the cluster', () => {
  const hosts = globSync('{src,agent,webhooks,extender}/**/*.ts').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/https?:\/\/([a-z0-9][\w.-]*\.[a-z]{2,})/gi)].map(
      ([, host]) => `${file}: ${host}`,
    ),
  );
  assert.deepEqual(hosts, []);
});
