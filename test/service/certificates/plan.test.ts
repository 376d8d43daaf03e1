// The life of a certificate that the service issues itself, over decades.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import {
  AUTHORITY_MS,
  after,
  certificatesOf,
  lifeOf,
  type Material,
  SERVING_MS,
  stepFor,
} from '../../../src/service/certificates/plan.ts';
import { readSecret, secretPatch } from '../../../src/service/certificates/secret.ts';

const NAMES = ['temper-control.temper.svc'];
const DAY_MS = 86_400_000;
const START = Date.UTC(2026, 10, 22);

const begun = (): Material => after('start', null, NAMES, START);

test('nothing is there: all is made; then it is kept for two thirds of its life', () => {
  assert.equal(stepFor(null, NAMES, START), 'start');
  const material = begun();
  assert.equal(stepFor(material, NAMES, START), 'keep');
  assert.equal(stepFor(material, NAMES, START + (SERVING_MS * 2) / 3 - DAY_MS), 'keep');
  assert.equal(stepFor(material, NAMES, START + (SERVING_MS * 2) / 3), 'renew');
});

test('another name, a foreign certificate and a wrong key are renewed, a lost authority begins anew', () => {
  const material = begun();
  assert.equal(stepFor(material, ['other.temper.svc'], START), 'renew');
  assert.equal(stepFor({ ...material, serving: begun().serving }, NAMES, START), 'renew');
  assert.equal(stepFor({ ...material, serving: { ...material.serving, key: 'x' } }, NAMES, START), 'renew');
  assert.equal(stepFor({ ...material, authority: { ...material.authority, key: 'x' } }, NAMES, START), 'start');
});

test('to renew leaves what clients trust as it is', () => {
  const material = begun();
  const renewed = after('renew', material, NAMES, START + 60 * DAY_MS);
  assert.equal(renewed.bundle, material.bundle);
  assert.notEqual(renewed.serving.cert, material.serving.cert);
});

/** Whether a client that was told of `bundle` takes the serving certificate at that time. */
function isTrusted({ serving }: Material, bundle: string, now: number): boolean {
  const cert = new X509Certificate(serving.cert);
  const { from, to } = lifeOf(serving.cert);
  return (
    now >= from &&
    now < to &&
    certificatesOf(bundle).some((pem) => {
      const ca = new X509Certificate(pem);
      const life = lifeOf(pem);
      return cert.checkIssued(ca) && cert.verify(ca.publicKey) && now >= life.from && now < life.to;
    })
  );
}

test('over twenty-one years, looked at every other day, a client that hears of changes half a day late is never refused', () => {
  let material = begun();
  let told = material.bundle;
  const steps: Record<string, number> = {};
  for (let now = START; now < START + 21 * 365 * DAY_MS; now += 2 * DAY_MS) {
    const step = stepFor(material, NAMES, now);
    if (step !== 'keep') material = after(step, material, NAMES, now);
    steps[step] = (steps[step] ?? 0) + 1;
    assert.ok(isTrusted(material, told, now), `${new Date(now).toISOString()} ${step}`);
    told = material.bundle;
    assert.ok(isTrusted(material, told, now), `${new Date(now).toISOString()} ${step}, told`);
    assert.ok(certificatesOf(told).length <= 3);
  }
  assert.equal(steps['start'], undefined);
  assert.equal(steps['announce'], 2);
  assert.equal(steps['switch'], 2);
});

test('a service that was away for longer than all that begins anew', () => {
  assert.equal(stepFor(begun(), NAMES, START + AUTHORITY_MS + DAY_MS), 'start');
});

test('the Secret gives back what was put there, and what is not understood counts as empty', () => {
  const material = after('announce', begun(), NAMES, START);
  const { data } = secretPatch(material, '7') as { data: Record<string, string | null> };
  const secret = { metadata: { resourceVersion: '8' }, data };
  assert.deepEqual(readSecret(secret), { resourceVersion: '8', material });
  const without = after('renew', begun(), NAMES, START);
  assert.equal((secretPatch(without, '7') as { data: Record<string, unknown> }).data['next-ca.key'], null);
  for (const odd of [
    undefined,
    null,
    {},
    { 'ca.crt': 'not base64 !' },
    { ...data, 'ca.crt': Buffer.from('x').toString('base64') },
  ]) {
    assert.equal(readSecret({ metadata: { resourceVersion: '1' }, data: odd })?.material ?? null, null);
  }
  assert.equal(readSecret({ kind: 'Status' }), null);
});
