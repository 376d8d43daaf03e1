import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import { connect, createServer, type TLSSocket } from 'node:tls';
import { issue, makeCa } from '../support/certificates.ts';

const ca = makeCa();

test('a client that trusts the authority accepts what it issued', async () => {
  const { cert, key } = issue(ca, { commonName: 'temper.temper.svc', ips: ['127.0.0.1'] });
  const server = createServer({ cert, key }, (socket) => socket.end('hello')).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  for (const servername of ['temper.temper.svc', undefined]) {
    const socket: TLSSocket = connect({ host: '127.0.0.1', port, ca: ca.cert, ...(servername && { servername }) });
    await once(socket, 'secureConnect');
    assert.ok(socket.authorized);
    socket.destroy();
  }
  server.close();
});

test('validity and names are those asked for', () => {
  const notBefore = new Date('2026-01-01T00:00:00Z');
  const { cert } = issue(ca, { commonName: 'a', dnsNames: ['b', 'c'], days: 2, notBefore });
  const read = new X509Certificate(cert);
  assert.equal(read.subjectAltName, 'DNS:b, DNS:c');
  assert.equal(read.validFromDate.toISOString(), '2026-01-01T00:00:00.000Z');
  assert.equal(read.validToDate.toISOString(), '2026-01-03T00:00:00.000Z');
  assert.ok(read.verify(new X509Certificate(ca.cert).publicKey));
  assert.ok(!read.ca);
});

test('a serial number is positive and has no leading zeros, which TLS would refuse', () => {
  for (const { cert } of [ca, issue(ca, { commonName: 'a' })]) {
    assert.match(new X509Certificate(cert).serialNumber, /^01[0-9A-F]{30}$/);
  }
});
