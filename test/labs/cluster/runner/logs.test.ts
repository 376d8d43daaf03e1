import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { type TestContext, test } from 'node:test';
import { issue, type KeyPair, makeCa } from '../../../support/certificates.ts';
import { GUARD_MS } from '../../../support/embedded.ts';
import { KUBELET_CLIENT } from '../plane/credentials.ts';
import { chosenLines, readLogQuery, writerOf } from './log-query.ts';
import { serveNodeApi } from './node-api.ts';
import { readLabPod } from './pod.ts';
import { type OpenRunLog, openRunLog, type RunLog } from './run-log.ts';
import type { RunningPod } from './run-pod.ts';

const START = Date.parse('2026-11-22T10:00:00Z');
const line = (second: number) => ({ time: new Date(START + second * 1000).toISOString(), text: `at ${second}` });
const LINES = [line(0), line(10), line(20)];

function shown(query: string, lines = LINES): string {
  const wanted = readLogQuery(new URLSearchParams(query));
  let text = '';
  const writer = writerOf(wanted, (bytes) => {
    text += bytes;
  });
  for (const one of chosenLines(lines, wanted, START + 21_000)) writer.write(one);
  return text;
}

test('a log is cut as kubectl asks for it', () => {
  assert.equal(shown(''), 'at 0\nat 10\nat 20\n');
  assert.equal(shown('tailLines=1'), 'at 20\n');
  assert.equal(shown('tailLines=0'), '');
  assert.equal(shown('sinceSeconds=11'), 'at 10\nat 20\n');
  assert.equal(shown('sinceTime=2026-11-22T10:00:15Z'), 'at 20\n');
  assert.equal(shown('sinceSeconds=11&tailLines=1&timestamps=true'), '2026-11-22T10:00:20.000Z at 20\n');
  assert.equal(shown('limitBytes=7'), 'at 0\nat');
});

test('a query that is not understood is refused', () => {
  for (const query of ['tailLines=x', 'follow=maybe', 'stream=Stderr', 'sinceSeconds=1&sinceTime=2026-11-22T10:00:15Z'])
    assert.throws(() => readLogQuery(new URLSearchParams(query)), { status: 400 }, query);
});

interface Kept {
  readonly log: OpenRunLog;
  readonly stdout: PassThrough;
  readonly stderr: PassThrough;
}

function keep(t: TestContext): Kept {
  const folder = mkdtempSync(join(tmpdir(), 'temper-lab-'));
  t.after(() => rmSync(folder, { recursive: true, force: true }));
  const log = openRunLog(join(folder, 'main.0.log'), () => new Date(START));
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  log.take(stdout, stderr);
  return { log, stdout, stderr };
}

test('what a container writes is kept by lines, however it comes, and what it has begun at its end', async (t) => {
  const { log, stdout, stderr } = keep(t);
  const euro = Buffer.from('1 € F 2\nhalf');
  stdout.write(euro.subarray(0, 3));
  stdout.write(euro.subarray(3));
  stdout.end();
  stderr.end('\n');
  await log.kept;
  assert.equal(log.isOver, true);
  assert.deepEqual(
    log
      .lines()
      .map(({ text }) => text)
      .sort(),
    ['', '1 € F 2', 'half'],
  );
  assert.match(readFileSync(log.file, 'utf8'), /^2026-11-22T10:00:00.000Z stdout F 1 € F 2$/m);
});

const POD = readLabPod({
  metadata: { name: 'web-0', namespace: 'shop', uid: 'u-1' },
  spec: {
    nodeName: 'node-1',
    serviceAccountName: 'default',
    restartPolicy: 'Always',
    terminationGracePeriodSeconds: 30,
    containers: ['main', 'late'].map((name) => ({ name, image: 'app', terminationMessagePolicy: 'File' })),
  },
});

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** The API server before a kubelet that has one pod. */
async function asked(t: TestContext, last: RunLog, previous: RunLog | null = null) {
  const ca = makeCa();
  const pod = {
    pod: POD,
    logs: (name: string) => (name === 'main' ? { last, previous } : undefined),
  } as unknown as RunningPod;
  const server = await serveNodeApi({
    address: '127.0.0.1',
    port: 0,
    pair: issue(ca, { commonName: 'kubelet', ips: ['127.0.0.1'] }),
    ca: ca.cert,
    find: (key) => Promise.resolve(key === 'shop/web-0' ? pod : null),
    say: (text) => t.diagnostic(text),
  });
  t.after(() => server.close());
  const client = issue(ca, { commonName: KUBELET_CLIENT, use: 'client' });
  return {
    ca,
    ask(path: string, by: KeyPair | null = client, heard: (text: string) => void = () => {}): Promise<Answer> {
      return new Promise((resolve, reject) => {
        const options = { host: '127.0.0.1', port: server.port, path, ca: ca.cert, ...by, agent: false as const };
        const sent = request(options, (response) => {
          let text = '';
          response.setEncoding('utf8').on('data', (chunk: string) => {
            text += chunk;
            heard(text);
          });
          response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        });
        sent.on('error', reject).end();
      });
    },
  };
}

const MAIN = '/containerLogs/shop/web-0/main';

test('only the API server is answered', async (t) => {
  const { ca, ask } = await asked(t, keep(t).log);
  assert.equal((await ask(MAIN)).status, 200);
  assert.equal((await ask(MAIN, null)).status, 401);
  assert.equal((await ask(MAIN, issue(makeCa(), { commonName: KUBELET_CLIENT, use: 'client' }))).status, 401);
  assert.equal((await ask(MAIN, issue(ca, { commonName: 'someone', use: 'client' }))).status, 403);
});

test('the run before, one that has not begun, and what is not there', async (t) => {
  const [before, last] = [keep(t), keep(t)];
  for (const [{ stdout, stderr, log }, text] of [
    [before, 'first\n'],
    [last, 'second\n'],
  ] as const) {
    stdout.end(text);
    stderr.end();
    await log.kept;
  }
  const { ask } = await asked(t, last.log, before.log);
  assert.deepEqual(await ask(MAIN), { status: 200, text: 'second\n' });
  assert.deepEqual(await ask(`${MAIN}?previous=true`), { status: 200, text: 'first\n' });
  assert.match((await ask('/containerLogs/shop/web-0/late')).text, /is waiting to start/);
  assert.equal((await ask('/containerLogs/shop/web-0/late')).status, 400);
  assert.equal((await ask('/containerLogs/shop/web-0/other')).status, 404);
  assert.equal((await ask('/containerLogs/shop/web-1/main')).status, 404);
  assert.equal((await ask('/pods')).status, 404);
});

test('who follows hears what comes, until the container has ended', { timeout: GUARD_MS }, async (t) => {
  const { log, stdout, stderr } = keep(t);
  stdout.write('first\n');
  const { ask } = await asked(t, log);
  const answer = await ask(`${MAIN}?follow=true`, undefined, (text) => {
    if (text === 'first\n') stderr.end('second\n');
    if (text === 'first\nsecond\n') stdout.end();
  });
  assert.deepEqual(answer, { status: 200, text: 'first\nsecond\n' });
});
