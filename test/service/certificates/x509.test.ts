// Certificates that the service makes are such that others read, trust and refuse them as they should.
import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer } from 'node:tls';
import fc from 'fast-check';
import { element, oid, time, unsigned } from '../../../src/service/certificates/der.ts';
import { belongs, issue, makeAuthority, type Pair } from '../../../src/service/certificates/x509.ts';

const NAME = 'temper-control.temper.svc';
const NOW = Date.now();
const DAY_MS = 86_400_000;
const validity = { from: NOW - 60_000, to: NOW + DAY_MS };

/** What a client says of a server with this pair; null: nothing. */
async function handshake(pair: Pair, ca: string, servername = NAME): Promise<string | null> {
  const server = createServer({ cert: pair.cert, key: pair.key });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect({ port: (server.address() as AddressInfo).port, host: '127.0.0.1', ca, servername });
  try {
    await once(client, 'secureConnect');
    return null;
  } catch (error) {
    return (error as { code?: string }).code ?? String(error);
  } finally {
    client.destroy();
    server.close();
  }
}

test('a client that trusts the authority trusts what it issued, for its names and while it is valid', async () => {
  const authority = makeAuthority('temper', validity);
  assert.equal(await handshake(issue(authority, [NAME], validity), authority.cert), null);
  assert.equal(
    await handshake(issue(authority, ['other.svc'], validity), authority.cert),
    'ERR_TLS_CERT_ALTNAME_INVALID',
  );
  const old = { from: NOW - DAY_MS, to: NOW - 1_000 };
  assert.equal(await handshake(issue(authority, [NAME], old), authority.cert), 'CERT_HAS_EXPIRED');
});

test('another authority is not trusted; with both in the bundle either is', async () => {
  const [one, two] = [makeAuthority('temper', validity), makeAuthority('temper', validity)];
  const leaf = issue(two, [NAME], validity);
  assert.notEqual(await handshake(leaf, one.cert), null);
  assert.equal(await handshake(leaf, one.cert + two.cert), null);
});

test('what is written is what is read', () => {
  const authority = makeAuthority('temper', validity);
  const leaf = new X509Certificate(issue(authority, [NAME, `${NAME}.cluster.local`], validity).cert);
  const ca = new X509Certificate(authority.cert);
  assert.ok(ca.ca && !leaf.ca);
  assert.ok(leaf.checkIssued(ca) && leaf.verify(ca.publicKey));
  assert.equal(leaf.subjectAltName, `DNS:${NAME}, DNS:${NAME}.cluster.local`);
  assert.deepEqual(leaf.keyUsage, ['1.3.6.1.5.5.7.3.1']);
  assert.equal(Date.parse(leaf.validTo), Math.floor(validity.to / 1000) * 1000);
  assert.notEqual(leaf.serialNumber, new X509Certificate(issue(authority, [NAME], validity).cert).serialNumber);
});

test('a key belongs to its certificate and to no other', () => {
  const [one, two] = [makeAuthority('a', validity), makeAuthority('b', validity)];
  assert.ok(belongs(one));
  assert.ok(!belongs({ cert: one.cert, key: two.key }));
  assert.ok(!belongs({ cert: '', key: '' }));
});

test('lengths, numbers, ids and times as X.690 has them', () => {
  const hex = (bytes: Buffer): string => bytes.toString('hex');
  assert.equal(hex(element(4, Buffer.alloc(127)).subarray(0, 2)), '047f');
  assert.equal(hex(element(4, Buffer.alloc(200)).subarray(0, 3)), '0481c8');
  assert.equal(hex(element(4, Buffer.alloc(1000)).subarray(0, 4)), '048203e8');
  assert.equal(hex(oid('1.2.840.10045.4.3.2')), '06082a8648ce3d040302');
  assert.equal(hex(unsigned(Buffer.from([0]))), '020100');
  assert.equal(
    time(Date.UTC(2049, 11, 31))
      .subarray(2)
      .toString(),
    '491231000000Z',
  );
  assert.equal(
    time(Date.UTC(2050, 0, 1))
      .subarray(2)
      .toString(),
    '20500101000000Z',
  );
});

test('a number never reads as a negative one, nor with zeros before it', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1, maxLength: 20 }), (bytes) => {
      const content = unsigned(bytes).subarray(2);
      assert.ok((content[0] ?? 0) < 0x80);
      assert.ok(content.length === 1 || content[0] !== 0 || (content[1] ?? 0) >= 0x80);
      assert.equal(BigInt(`0x${content.toString('hex')}`), BigInt(`0x${Buffer.from(bytes).toString('hex')}`));
    }),
  );
});
