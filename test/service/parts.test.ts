import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { watchFiles } from '../../src/config/file-watch.ts';
import { createReload, NO_NEWS, type ReloadNews } from '../../src/config/reload.ts';
import { TemperError } from '../../src/model/errors.ts';
import { type Config, SETTINGS } from '../../src/service/config/settings.ts';
import { createDrain } from '../../src/service/drain.ts';
import { readCertificate } from '../../src/service/tls.ts';
import { createLogStream } from '../../src/telemetry/log-stream.ts';
import { createLogger } from '../../src/telemetry/logger.ts';
import { Metrics } from '../../src/telemetry/metrics.ts';
import { issue, makeCa } from '../support/certificates.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { serviceConfig } from '../support/service-config.ts';

function folder(t: { after(run: () => void): void }): (name: string, text: string) => string {
  const path = mkdtempSync(join(tmpdir(), 'temper-test-'));
  t.after(() => rmSync(path, { recursive: true }));
  return (name, text) => {
    writeFileSync(join(path, name), text);
    return join(path, name);
  };
}

test('log lines wait a moment for others, and none is lost at the end', () => {
  const written: string[] = [];
  const clock = new FakeClock();
  const output = { write: (text: string) => written.push(text) > 0, on: () => output } as unknown as NodeJS.WriteStream;
  const log = createLogStream(output, clock);
  log.write('a\n');
  log.write('b\n');
  assert.deepEqual(written, []);
  clock.advance(50);
  assert.deepEqual(written, ['a\nb\n']);
  log.write('c\n');
  log.flush();
  clock.advance(1000);
  assert.deepEqual(written, ['a\nb\n', 'c\n']);
  log.write('x'.repeat(20_000));
  assert.equal(written.length, 3, 'a full batch does not wait');
});

test('a file that changes is noticed once, also one that goes or comes', async (t) => {
  const write = folder(t);
  const path = write('config', 'one');
  const clock = new FakeClock();
  let changes = 0;
  const missing = `${path}-missing`;
  const watch = watchFiles([path, missing], 1000, clock, () => {
    changes += 1;
  });
  await watch.look();
  await watch.look();
  assert.equal(changes, 0);
  writeFileSync(path, 'two');
  await watch.look();
  await watch.look();
  assert.equal(changes, 1);
  writeFileSync(missing, 'here');
  await watch.look();
  assert.equal(changes, 2);
  watch.stop();
  writeFileSync(path, 'three');
  await watch.look();
  assert.equal(changes, 2);
});

test('a certificate is read with its expiry; what does not fit is refused without quoting it', (t) => {
  const write = folder(t);
  const ca = makeCa();
  const { cert, key } = issue(ca, { commonName: 'a', days: 2 });
  const other = issue(ca, { commonName: 'b' });
  const certificate = readCertificate(write('crt', cert), write('key', key));
  const days = (certificate.expiresAt - Date.now()) / 86_400_000;
  assert.ok(days > 1.9 && days < 2.1, String(days));
  const pairs: Array<[string, string]> = [
    [write('crt', cert), write('other', other.key)],
    [write('crt', cert), `${tmpdir()}/nowhere`],
    [write('junk', 'junk'), write('key', key)],
  ];
  for (const [crt, own] of pairs) {
    assert.throws(
      () => readCertificate(crt, own),
      (error) => error instanceof TemperError && error.id === 'TMP1101' && !error.message.includes('PRIVATE'),
    );
  }
});

test('a reload is whole or not at all, and says what became of it', async () => {
  const metrics = new Metrics();
  const applied: Config[] = [];
  const news: ReloadNews[] = [];
  const before = serviceConfig();
  let next: () => Config = () => before;
  const reload = createReload(before, {
    table: SETTINGS,
    load: () => next(),
    apply: (config) => applied.push(config),
    told: (told) => news.push(told),
    reloads: metrics.counter('temper_service_config_reloads_total'),
    logger: createLogger('test', 'silent'),
  });
  reload();
  assert.deepEqual([applied, news], [[], []], 'nothing differs');
  next = () => serviceConfig({ 'webhook-mode': 'shadow', 'server-keep-alive-ms': '5000' });
  reload();
  assert.equal(applied[0]?.['webhook.mode'], 'shadow');
  assert.equal(applied[0]?.['server.keepAliveMs'], 120_000, 'read only at start');
  assert.deepEqual(news.at(-1), { refused: null, waiting: ['server.keepAliveMs'] });
  const good = next;
  next = () => {
    throw new TemperError('TMP1004', 'x');
  };
  reload();
  assert.equal(applied.length, 1);
  assert.deepEqual(news.at(-1), { refused: new TemperError('TMP1004', 'x').message, waiting: ['server.keepAliveMs'] });
  next = good;
  reload();
  assert.deepEqual(news.at(-1), { refused: null, waiting: ['server.keepAliveMs'] }, 'mended as it was');
  next = () => serviceConfig({ 'webhook-percentage': '5' });
  reload();
  assert.equal(applied.at(-1)?.['webhook.percentage'], 5);
  assert.deepEqual(news.at(-1), NO_NEWS);
  const text = await metrics.registry.metrics();
  for (const counted of ['applied"} 1', 'refused"} 1', 'needs-restart"} 2']) {
    assert.ok(text.includes(`config_reloads_total{outcome="${counted}`), counted);
  }
});

test('draining: readiness fails at once, listeners close later, nothing waits for ever', async () => {
  const clock = new FakeClock();
  const drain = createDrain(clock);
  const steps: string[] = [];
  let finish: () => void = () => {};
  const app = {
    close: () => {
      steps.push('close');
      return new Promise<void>((resolve) => {
        finish = resolve;
      });
    },
    server: {
      closeAllConnections: () => {
        steps.push('cut');
        finish();
      },
    },
  };
  assert.equal(drain.check.check(), null);
  const stopped = drain.stop([app as never], 8000);
  assert.match(drain.check.check() ?? '', /stopping/);
  assert.equal(drain.isDraining(), true);
  assert.deepEqual(steps, []);
  clock.advance(8000);
  await Promise.resolve();
  assert.deepEqual(steps, ['close']);
  clock.advance(5000);
  await stopped;
  assert.deepEqual(steps, ['close', 'cut']);
});
