// Whether the API server would take a certificate; Go's rules, as far as they can be met here.
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { problemOf } from '../../src/cli/chart/certificate.ts';
import { issue, makeCa } from '../support/certificates.ts';
import { errorOf, run } from './harness.ts';

const HOST = 'temper-control.temper.svc';
const DAY_MS = 86_400_000;
const ca = makeCa('owner');
const other = makeCa('another');
const { cert } = issue(ca, { commonName: HOST });

describe('problemOf', () => {
  const now = Date.now();
  for (const [what, pem, trusted, at, problem] of [
    ['by the CA', cert, ca.cert, now, null],
    ['by one CA of two', cert, other.cert + ca.cert, now, null],
    ['that is itself trusted', cert, cert, now, null],
    ['where nobody says whom to trust', cert, '', now, null],
    ['by another CA', cert, other.cert, now, /not signed by/],
    ['by another CA of the same name', cert, makeCa('owner').cert, now, /not signed by/],
    ['and what is no CA', cert, 'PEM', now, /caBundle has no certificate/],
    ['that is none', 'PEM', ca.cert, now, /has no certificate/],
    ['of another name', issue(ca, { commonName: 'temper' }).cert, ca.cert, now, /not for temper-control/],
    [
      'with the name as its subject alone',
      issue(ca, { commonName: HOST, dnsNames: ['a'] }).cert,
      ca.cert,
      now,
      /not for temper-control/,
    ],
    ['for clients', issue(ca, { commonName: HOST, use: 'client' }).cert, ca.cert, now, /not for servers/],
    ['that has expired', cert, ca.cert, now + 2 * DAY_MS, /has expired/],
    ['to come', cert, ca.cert, now - DAY_MS, /not valid before/],
  ] as const) {
    test(`a certificate ${what}`, () => {
      const found = problemOf(pem, HOST, trusted, at);
      if (problem === null) assert.equal(found, null);
      else assert.match(found ?? '', problem);
    });
  }
});

test('the command says so with an id', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'temper-certificate-'));
  try {
    const file = join(folder, 'tls.crt');
    writeFileSync(file, cert);
    const bundle = (pem: string): string => Buffer.from(pem).toString('base64');
    const command = ['chart', 'certificate', file, '--host', HOST, '--ca-bundle'];
    assert.equal((await run([...command, bundle(ca.cert)])).code, 0);
    const refused = await run([...command, bundle(other.cert), '-o', 'json']);
    assert.equal(refused.code, 3);
    assert.equal(errorOf(refused).id, 'TMP3233');
    const missing = await run(['chart', 'certificate', join(folder, 'none'), '--host', HOST, '-o', 'json']);
    assert.equal(errorOf(missing).id, 'TMP3233');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
