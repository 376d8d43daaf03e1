import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { replaceFile } from '../double/replace-file.ts';
import { issue } from '../support/certificates.ts';
import { embedded, until } from '../support/embedded.ts';
import { fixture } from '../support/fixtures.ts';
import { httpsClient } from '../support/https-client.ts';
import { configuration, SERVICE_NAMES, type ServiceProcess, startServiceProcess } from '../support/service-process.ts';

/** Files are replaced, as kubelet does: a half of one that is written would count as a change, too. */
const SETTINGS = { server: { reloadMs: 100 } };

async function running(t: { after(run: () => Promise<void>): void }): Promise<ServiceProcess> {
  const cluster = await embedded();
  const service = startServiceProcess({ kubeconfig: cluster.kubeconfig, settings: SETTINGS });
  t.after(async () => {
    await service.stop();
    await cluster.close();
  });
  await service.ready();
  return service;
}

async function metric({ ports }: ServiceProcess, line: string): Promise<string | undefined> {
  const text = await (await fetch(`http://127.0.0.1:${ports.get('ops')}/metrics`)).text();
  return text
    .split('\n')
    .find((candidate) => candidate.startsWith(`${line} `))
    ?.split(' ')
    .at(-1);
}

/** The serial number of the certificate that a new connection is shown. */
function servedSerial({ ports, ca }: ServiceProcess): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket: TLSSocket = connect({ port: ports.get('https') ?? 0, host: '127.0.0.1', ca: ca.cert }, () => {
      resolve(socket.getPeerCertificate().serialNumber);
      socket.end();
    });
    socket.on('error', reject);
  });
}

test('a new certificate is served at once, and no open connection notices', async (t) => {
  const service = await running(t);
  const client = httpsClient(service.ca.cert, 1);
  t.after(async () => client.close());
  const port = service.ports.get('https') ?? 0;
  const body = fixture('admission/shop-burstable-create.json');
  let isOver = false;
  let answered = 0;
  const connections = new Set<number | undefined>();
  client.agent.on('free', (socket: TLSSocket) => connections.add(socket.localPort));
  const traffic = (async () => {
    while (!isOver) {
      assert.equal((await client.post(port, '/mutate', body)).status, 200);
      answered += 1;
    }
  })();

  const before = await servedSerial(service);
  const { cert, key } = issue(service.ca, SERVICE_NAMES);
  replaceFile(service.file('tls.crt'), cert);
  // For a moment certificate and key do not fit: that pair must be refused.
  await until(
    'the mismatch is refused',
    async () => (await metric(service, 'temper_service_certificate_reloads_total{outcome="refused"}')) === '1',
  );
  assert.equal(await servedSerial(service), before);
  replaceFile(service.file('tls.key'), key);
  await until('the new certificate is served', async () => (await servedSerial(service)) !== before);
  const after = answered;
  await until('traffic goes on', () => answered > after + 50);
  isOver = true;
  await traffic;
  assert.equal(connections.size, 1, 'the one connection was kept');
  assert.equal(await metric(service, 'temper_service_certificate_reloads_total{outcome="applied"}'), '1');
});

test('a new configuration is taken up, a bad one refused, and one that needs a restart is named', async (t) => {
  const service = await running(t);
  const client = httpsClient(service.ca.cert, 1);
  t.after(async () => client.close());
  const review = async (): Promise<string> => {
    const { body } = await client.post(
      service.ports.get('https') ?? 0,
      '/mutate',
      fixture('admission/shop-burstable-create.json'),
    );
    return (JSON.parse(body) as { response: { auditAnnotations: { outcome: string } } }).response.auditAnnotations
      .outcome;
  };
  const write = (webhook: object, server: object = {}): void => {
    const settings = { webhook: { enabled: true, ...webhook }, server: { ...SETTINGS.server, ...server } };
    replaceFile(service.file('temper.yaml'), JSON.stringify(configuration(settings, service.file)));
  };
  const logged = (id: string, key: string) =>
    until(`${id} in the log`, () => service.log.some((line) => line.includes(id) && line.includes(key)));
  const reloads = (outcome: string) => metric(service, `temper_service_config_reloads_total{outcome="${outcome}"}`);

  assert.equal(await review(), 'patched');
  write({ mode: 'shadow' });
  await until('applied', async () => (await reloads('applied')) === '1');
  assert.equal(await review(), 'shadow');

  write({ mode: 'shado' });
  await until('refused', async () => (await reloads('refused')) === '1');
  assert.equal(await review(), 'shadow', 'the old one is kept');
  await logged('TMP1005', 'webhook.mode');

  write({ mode: 'enforce' }, { port: 1 });
  await until('needs a restart', async () => (await reloads('needs-restart')) === '1');
  assert.equal(await review(), 'patched', 'what may change at run time did');
  await logged('TMP1006', 'server.port');
});
