// Several replicas look after one Secret and one webhook configuration, at once.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { GetOptions, KubeResponse, SendOptions } from '../../../src/kube/transport.ts';
import { TemperError } from '../../../src/model/errors.ts';
import { createIssuer, type Issuer } from '../../../src/service/certificates/issuer.ts';
import { SERVING_MS } from '../../../src/service/certificates/plan.ts';
import { startSelfIssued } from '../../../src/service/certificates/self-issued.ts';
import { makeAuthority } from '../../../src/service/certificates/x509.ts';
import type { Certificate } from '../../../src/service/tls.ts';
import { createLogger } from '../../../src/telemetry/logger.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const SECRET = '/api/v1/namespaces/temper/secrets/temper-control-tls';
const HANDOVER = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/temper-overcommit-handover';
const WEBHOOK = '/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations/temper-overcommit';

interface Webhooks {
  webhooks: Array<{ name: string; clientConfig: { caBundle?: string }; failurePolicy?: string }>;
}

/** The two objects, with compare and swap for the Secret. */
class Cluster {
  version = 1;
  data: Record<string, string | null> = {};
  configuration: Webhooks = {
    webhooks: [{ name: 'overcommit.temper.codes', clientConfig: {}, failurePolicy: 'Ignore' }],
  };
  /** Of certificates of another authority; null where nothing is handed over. */
  handover: Webhooks | null = null;
  readonly writes: string[] = [];
  /** Every request gets this instead. */
  refuse: number | null = null;

  readonly transport = {
    get: async (path: string, _options: GetOptions): Promise<KubeResponse> => {
      // Others have their turn between a look and a write.
      await new Promise(setImmediate);
      if (this.refuse !== null) return answer(this.refuse, { message: 'no' });
      if (path === SECRET) return answer(200, { metadata: { resourceVersion: String(this.version) }, data: this.data });
      if (path === HANDOVER && this.handover !== null) return answer(200, this.handover);
      return path === WEBHOOK ? answer(200, this.configuration) : answer(404, {});
    },
    send: async (path: string, { body }: SendOptions): Promise<KubeResponse> => {
      await new Promise(setImmediate);
      const [name = ''] = path.split('?');
      const patch = JSON.parse(body) as { metadata?: { resourceVersion: string }; data: Cluster['data'] } & Webhooks;
      if (name === SECRET) {
        if (patch.metadata?.resourceVersion !== String(this.version)) return answer(409, { message: 'conflict' });
        this.data = Object.fromEntries(
          Object.entries({ ...this.data, ...patch.data }).filter(([, value]) => value !== null),
        );
        this.version += 1;
      } else {
        for (const { name: of, clientConfig } of patch.webhooks) {
          const { webhooks = [] } = (name === HANDOVER ? this.handover : this.configuration) ?? {};
          Object.assign(webhooks.find((one) => one.name === of)?.clientConfig ?? {}, clientConfig);
        }
      }
      this.writes.push(name);
      return answer(200, {});
    },
    close: () => {},
  };

  issuer(clock: FakeClock): Issuer {
    const { transport } = this;
    const names = { namespace: 'temper', secret: 'temper-control-tls', service: 'temper-control' };
    return createIssuer({
      transport,
      sender: transport,
      clock,
      ...names,
      webhookConfiguration: 'temper-overcommit',
      handoverConfiguration: 'temper-overcommit-handover',
    });
  }
}

function answer(status: number, body: object): KubeResponse {
  async function* bytes() {
    yield await Promise.resolve(Buffer.from(JSON.stringify(body)));
  }
  return { status, headers: {}, body: bytes(), destroy: () => {} };
}

const never = new AbortController().signal;

test('of five replicas that find the Secret empty one fills it, and all serve what it wrote', async () => {
  const cluster = new Cluster();
  const clock = new FakeClock();
  const found = await Promise.all(Array.from({ length: 5 }, () => cluster.issuer(clock).secure(never)));
  assert.deepEqual(cluster.writes, [SECRET]);
  assert.equal(new Set(found.map(({ material }) => material.serving.cert)).size, 1);
  assert.equal(found.filter(({ step }) => step === 'start').length, 1);
});

test('the webhook is made to trust it, once, and keeps all else', async () => {
  const cluster = new Cluster();
  const issuer = cluster.issuer(new FakeClock());
  const { material } = await issuer.secure(never);
  assert.equal(await issuer.publish(material.bundle, never), true);
  assert.equal(await issuer.publish(material.bundle, never), false);
  const [webhook] = cluster.configuration.webhooks;
  assert.equal(Buffer.from(webhook?.clientConfig.caBundle ?? '', 'base64').toString(), material.bundle);
  assert.equal(webhook?.failurePolicy, 'Ignore');
  // Whoever installs the configuration anew takes the CA out of it.
  delete webhook?.clientConfig.caBundle;
  assert.equal(await issuer.publish(material.bundle, never), true);
});

test('what is refused says what and why', async () => {
  const cluster = new Cluster();
  cluster.refuse = 403;
  await assert.rejects(cluster.issuer(new FakeClock()).secure(never), (error) => {
    return (
      error instanceof TemperError && error.id === 'TMP1103' && error.detail.includes('temper-control-tls: 403 no')
    );
  });
});

/** Lets everything happen that does not wait for the clock. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
}

test('it is not ready until there is a certificate; then it serves on while the API server is away, and renews in time', async () => {
  const cluster = new Cluster();
  const clock = new FakeClock();
  const used: Certificate[] = [];
  cluster.refuse = 503;
  const issuer = cluster.issuer(clock);
  const logger = createLogger('test', 'silent');
  const issued = startSelfIssued({ issuer, clock, logger, use: (one) => used.push(one) });
  await settle();
  assert.match(issued.missing() ?? '', /503/);
  cluster.refuse = null;
  clock.advance(2_000);
  await settle();
  assert.equal(issued.missing(), null);
  assert.equal(used.length, 1);

  cluster.refuse = 503;
  clock.advance(60_000);
  await settle();
  assert.equal(issued.missing(), null);
  cluster.refuse = null;
  clock.advance((SERVING_MS * 2) / 3);
  await settle();
  assert.equal(used.length, 2);
  assert.ok((used[1]?.expiresAt ?? 0) > (used[0]?.expiresAt ?? 0));
  assert.deepEqual(cluster.writes, [SECRET, WEBHOOK, SECRET]);
  await issued.stop();
  assert.deepEqual(clock.pending, []);
});

const decoded = (webhooks: Webhooks | null): string =>
  Buffer.from(webhooks?.webhooks[0]?.clientConfig.caBundle ?? '', 'base64').toString();

test('where another authority hands over, ours is trusted beside it before the service is ready, and nowhere else', async () => {
  const cluster = new Cluster();
  const clock = new FakeClock();
  const other = makeAuthority('other', { from: clock.now(), to: clock.now() + SERVING_MS }).cert;
  const caBundle = Buffer.from(other).toString('base64');
  cluster.handover = { webhooks: [{ name: 'overcommit.temper.codes', clientConfig: { caBundle } }] };
  let trusted = '';
  const use = (): void => {
    trusted = decoded(cluster.handover);
  };
  const issued = startSelfIssued({ issuer: cluster.issuer(clock), clock, logger: createLogger('test', 'silent'), use });
  await settle();
  const { material } = await cluster.issuer(clock).secure(never);
  assert.equal(trusted, other + material.bundle);
  assert.equal(decoded(cluster.configuration), material.bundle);
  assert.deepEqual(cluster.writes, [SECRET, HANDOVER, WEBHOOK]);
  // Once: what comes later is not for those who are there already.
  cluster.handover = { webhooks: [{ name: 'overcommit.temper.codes', clientConfig: { caBundle } }] };
  clock.advance(60_000);
  await settle();
  assert.equal(decoded(cluster.handover), other);
  await issued.stop();
});

test('however long it was kept from it, it looks again within seconds', async () => {
  const cluster = new Cluster();
  const clock = new FakeClock();
  cluster.refuse = 403;
  const issued = startSelfIssued({
    issuer: cluster.issuer(clock),
    clock,
    logger: createLogger('test', 'silent'),
    use: () => {},
  });
  for (let failed = 0; failed < 10; failed += 1) {
    await settle();
    clock.advance(60_000);
  }
  await settle();
  cluster.refuse = null;
  clock.advance(5_000);
  await settle();
  assert.equal(issued.missing(), null);
  await issued.stop();
});
