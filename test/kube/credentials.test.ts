import assert from 'node:assert/strict';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:https';
import { type AddressInfo, connect, createServer as createTcpServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { after, test } from 'node:test';
import { loadAccess } from '../../src/kube/credentials.ts';
import { createTransport } from '../../src/kube/transport.ts';
import { TemperError } from '../../src/model/errors.ts';
import { issue, makeCa } from '../support/certificates.ts';

const folder = mkdtempSync(join(tmpdir(), 'temper-kube-'));
after(() => rmSync(folder, { recursive: true }));

let files = 0;

function write(text: string, name = `file-${files++}`): string {
  const path = join(folder, name);
  mkdirSync(join(path, '..'), { recursive: true });
  writeFileSync(path, text);
  return path;
}

interface Kubeconfig {
  readonly name?: string;
  readonly cluster?: Record<string, unknown>;
  /** Null for a context that names no user. */
  readonly user?: Record<string, unknown> | null;
}

/** JSON is YAML too. */
function kubeconfig({ name = 'lab', cluster = {}, user = {} }: Kubeconfig = {}): string {
  return write(
    JSON.stringify({
      apiVersion: 'v1',
      kind: 'Config',
      'current-context': name,
      clusters: [{ name, cluster: { server: `https://${name}.example:6443`, ...cluster } }],
      users: user === null ? [] : [{ name, user }],
      contexts: [{ name, context: { cluster: name, ...(user !== null && { user: name }) } }],
    }),
  );
}

function fails(detail: RegExp): (error: unknown) => boolean {
  return (error) => error instanceof TemperError && error.id === 'TMP3001' && detail.test(error.message);
}

const env = {};

test('the given kubeconfig, with its token', async () => {
  const access = await loadAccess({ kubeconfig: kubeconfig({ user: { token: 't0ken' } }), env });
  assert.equal(access.server.href, 'https://lab.example:6443/');
  assert.equal((await access.credentials()).headers['Authorization'], 'Bearer t0ken');
  assert.match(access.source, /context lab$/);
  assert.doesNotMatch(access.source, /t0ken/);
});

test('$KUBECONFIG before ~/.kube/config', async () => {
  const home = join(folder, 'home');
  write(
    JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: 'https://home.example' } }],
      contexts: [{ name: 'a', context: { cluster: 'a' } }],
      'current-context': 'a',
    }),
    'home/.kube/config',
  );
  assert.equal((await loadAccess({ env: { HOME: home } })).server.hostname, 'home.example');
  assert.equal((await loadAccess({ env: { HOME: home, KUBECONFIG: kubeconfig() } })).server.hostname, 'lab.example');
});

test('several files: the first of each name counts, missing ones are passed over', async () => {
  const first = kubeconfig({ name: 'one', user: { token: 'of the first' } });
  const again = kubeconfig({
    name: 'one',
    user: { token: 'of the second' },
    cluster: { server: 'https://other.example' },
  });
  const two = kubeconfig({ name: 'two' });
  const KUBECONFIG = [join(folder, 'missing'), first, again, two].join(delimiter);
  const access = await loadAccess({ env: { KUBECONFIG } });
  assert.equal(access.server.hostname, 'one.example');
  assert.equal((await access.credentials()).headers['Authorization'], 'Bearer of the first');
  assert.equal((await loadAccess({ env: { KUBECONFIG }, context: 'two' })).server.hostname, 'two.example');
});

test('what is not usable is said, with the place and without the content', async () => {
  const cases: ReadonlyArray<readonly [kubeconfig: string, detail: RegExp]> = [
    [join(folder, 'missing'), /missing: ENOENT/],
    [write('users: [{ token: s3cret\n'), /not YAML, in line \d/],
    [write('password: *s3cret\n'), /not YAML/],
    [write('just a text with a s3cret'), /leads to no cluster/],
    [write('clusters: [{ cluster: { server: "s3cret" } }]'), /not a kubeconfig/],
    [kubeconfig({ cluster: { server: 'no url s3cret' } }), /not a URL/],
    [write(''), /not YAML/],
  ];
  for (const [path, detail] of cases) {
    await assert.rejects(
      loadAccess({ kubeconfig: path, env }),
      (error) => fails(detail)(error) && !String(error).includes('s3cret'),
      path,
    );
  }
  await assert.rejects(
    loadAccess({ kubeconfig: kubeconfig(), context: 'other', env }),
    fails(/"other" leads to no cluster/),
  );
  await assert.rejects(loadAccess({ env: { KUBECONFIG: join(folder, 'missing') } }), fails(/ENOENT/));
});

test('nothing at all', async () => {
  await assert.rejects(loadAccess({ env, serviceAccount: folder }), fails(/no kubeconfig and no ServiceAccount/));
  await assert.rejects(loadAccess({ env, context: 'lab', serviceAccount: folder }), fails(/no kubeconfig is found/));
});

test('plain HTTP, as from kubectl proxy, needs no promise about TLS', async () => {
  const access = await loadAccess({ kubeconfig: kubeconfig({ cluster: { server: 'http://127.0.0.1:8001' } }), env });
  assert.deepEqual((await access.credentials()).headers, {});
});

test('a context without a user still trusts its CA', async () => {
  const cluster = { 'certificate-authority-data': Buffer.from('a CA').toString('base64') };
  const access = await loadAccess({ kubeconfig: kubeconfig({ cluster, user: null }), env });
  assert.deepEqual((await access.credentials()).tls.ca, Buffer.from('a CA'));
});

test('certificates in files, beside the kubeconfig, are read anew each time', async () => {
  const user = { 'client-certificate': 'client.crt', 'client-key': 'client.key' };
  const path = kubeconfig({ user, cluster: { 'tls-server-name': 'kubernetes', 'insecure-skip-tls-verify': true } });
  write('certificate 1', 'client.crt');
  write('key 1', 'client.key');
  const access = await loadAccess({ kubeconfig: path, env });
  const { tls } = await access.credentials();
  assert.deepEqual([String(tls.cert), String(tls.key)], ['certificate 1', 'key 1']);
  assert.deepEqual([tls.servername, tls.rejectUnauthorized], ['kubernetes', false]);
  write('certificate 2', 'client.crt');
  assert.equal(String((await access.credentials()).tls.cert), 'certificate 2');
});

test('user and password, and acting as someone else', async () => {
  const user = { username: 'me', password: 'pw', as: 'you' };
  const { auth, headers } = await (await loadAccess({ kubeconfig: kubeconfig({ user }), env })).credentials();
  assert.equal(auth, 'me:pw');
  assert.equal(headers['Impersonate-User'], 'you');
});

/** An exec plugin that gives the token `t1`, then `t2`, and so on. */
function plugin(status: Record<string, unknown> = {}): Record<string, unknown> {
  const counter = write('0');
  const script = write(
    `const fs = require('node:fs');
     const n = Number(fs.readFileSync(${JSON.stringify(counter)})) + 1;
     fs.writeFileSync(${JSON.stringify(counter)}, String(n));
     console.log(JSON.stringify({ status: { token: 't' + n, ...${JSON.stringify(status)} } }));`,
    `plugin-${files++}.cjs`,
  );
  return { exec: { apiVersion: 'client.authentication.k8s.io/v1', command: process.execPath, args: [script] } };
}

test('an exec plugin runs once while its token is valid, and again when it is renewed', async () => {
  const access = await loadAccess({ kubeconfig: kubeconfig({ user: plugin() }), env });
  const token = async () => (await access.credentials()).headers['Authorization'];
  assert.deepEqual([await token(), await token()], ['Bearer t1', 'Bearer t1']);
  access.renew();
  assert.equal(await token(), 'Bearer t2');
});

test('an exec plugin whose token has expired runs again', async () => {
  const user = plugin({ expirationTimestamp: '2020-01-01T00:00:00Z' });
  const access = await loadAccess({ kubeconfig: kubeconfig({ user }), env });
  await access.credentials();
  assert.equal((await access.credentials()).headers['Authorization'], 'Bearer t2');
});

test('an exec plugin that fails', async () => {
  const user = { exec: { command: join(folder, 'no-such-plugin') } };
  const access = await loadAccess({ kubeconfig: kubeconfig({ user }), env });
  await assert.rejects(access.credentials(), /ENOENT/);
});

test('a kubeconfig that is broken when the credentials are renewed fails then, and works again when mended', async () => {
  const path = kubeconfig({ user: { token: 'one' } });
  const access = await loadAccess({ kubeconfig: path, env });
  const before = await access.credentials();
  writeFileSync(path, '{');
  assert.deepEqual(await access.credentials(), before);
  access.renew();
  await assert.rejects(access.credentials(), fails(/in line/));
  writeFileSync(
    path,
    JSON.stringify({
      clusters: [{ name: 'a', cluster: { server: 'https://a.example' } }],
      users: [{ name: 'a', user: { token: 'two' } }],
      contexts: [{ name: 'a', context: { cluster: 'a', user: 'a' } }],
      'current-context': 'a',
    }),
  );
  assert.equal((await access.credentials()).headers['Authorization'], 'Bearer two');
});

test('in a pod: the ServiceAccount, whose token and CA may be replaced at any time', async () => {
  write('t1\n', 'pod/token');
  write('CA 1', 'pod/ca.crt');
  const inPod = { KUBERNETES_SERVICE_HOST: '10.96.0.1', KUBERNETES_SERVICE_PORT: '443' };
  const access = await loadAccess({ env: inPod, serviceAccount: join(folder, 'pod') });
  assert.equal(access.server.href, 'https://10.96.0.1/');
  const first = await access.credentials();
  assert.deepEqual([first.headers['authorization'], String(first.tls.ca)], ['Bearer t1', 'CA 1']);
  write('t2', 'pod/token');
  write('CA 2', 'pod/ca.crt');
  const second = await access.credentials();
  assert.deepEqual([second.headers['authorization'], String(second.tls.ca)], ['Bearer t2', 'CA 2']);
});

test('in a pod with an IPv6 service address', async () => {
  write('t1', 'pod6/token');
  const inPod = { KUBERNETES_SERVICE_HOST: 'fd00::1', KUBERNETES_SERVICE_PORT: '443' };
  const access = await loadAccess({ env: inPod, serviceAccount: join(folder, 'pod6') });
  assert.equal(access.server.hostname, '[fd00::1]');
});

test('through a proxy, as the kubeconfig says', async () => {
  const ca = makeCa();
  const server = createServer(issue(ca, { commonName: 'kubernetes', ips: ['127.0.0.1'] }), (incoming, response) =>
    response.end(incoming.headers.authorization),
  ).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const asked: string[] = [];
  const proxy = createTcpServer((client) => {
    client.once('data', (head) => {
      asked.push(String(head).split(' HTTP')[0] ?? '');
      const upstream = connect(port, '127.0.0.1', () => client.write('HTTP/1.1 200 OK\r\n\r\n'));
      client.pipe(upstream).pipe(client);
      client.on('error', () => upstream.destroy());
      upstream.on('error', () => client.destroy());
    });
  }).listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  const cluster = {
    server: `https://127.0.0.1:${port}`,
    'certificate-authority-data': Buffer.from(ca.cert).toString('base64'),
    'proxy-url': `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
  };
  const access = await loadAccess({ kubeconfig: kubeconfig({ cluster, user: { token: 'through' } }), env });
  const answer = await createTransport(access).get('/', { headers: {}, signal: AbortSignal.timeout(20_000) });
  for await (const piece of answer.body) assert.equal(String(piece), 'Bearer through');
  assert.deepEqual(asked, [`CONNECT 127.0.0.1:${port}`]);
  answer.destroy();
  server.closeAllConnections();
  server.close();
  proxy.close();
});
