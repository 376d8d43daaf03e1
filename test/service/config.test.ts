import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Sources } from '../../src/config/load.ts';
import { editDistance, nearest } from '../../src/config/nearest.ts';
import { environmentName, flagName, needsRestart } from '../../src/config/setting.ts';
import { TemperError } from '../../src/model/errors.ts';
import { loadConfig, SETTINGS, type SettingName } from '../../src/service/config/settings.ts';

const SETTING_NAMES = Object.keys(SETTINGS) as SettingName[];

const ON = { 'webhook-enabled': 'true' };

function load(text: string, { environment = {}, flags = {} }: Partial<Sources> = {}) {
  return loadConfig({ file: { path: 'temper.yaml', text }, environment, flags: { ...ON, ...flags } });
}

const refuses = (run: () => unknown, id: string, message: RegExp) =>
  assert.throws(run, (error) => error instanceof TemperError && error.id === id && message.test(error.message));

test('every default is a value that the setting itself would take', () => {
  for (const name of SETTING_NAMES) {
    const { schema, default: fallback } = SETTINGS[name];
    assert.ok(schema.safeParse(fallback).success, name);
  }
});

test('names of flags and variables are unique', () => {
  assert.equal(new Set(SETTING_NAMES.map(flagName)).size, SETTING_NAMES.length);
  assert.equal(new Set(SETTING_NAMES.map(environmentName)).size, SETTING_NAMES.length);
  assert.equal(environmentName('webhook.minimumFactor'), 'TEMPER_WEBHOOK_MINIMUM_FACTOR');
  assert.equal(flagName('webhook.cpuHpa'), 'webhook-cpu-hpa');
});

test('flags win over the environment, the environment over the file, the file over defaults', () => {
  const text = 'webhook:\n  percentage: 10\n  mode: shadow\nserver: {port: 1}\n';
  const environment = { TEMPER_WEBHOOK_PERCENTAGE: '20', TEMPER_SERVER_PORT: '2' };
  const config = load(text, { environment, flags: { 'server-port': '3' } });
  assert.equal(config['webhook.mode'], 'shadow');
  assert.equal(config['webhook.percentage'], 20);
  assert.equal(config['server.port'], 3);
  assert.equal(config['server.metricsPort'], 8080);
});

test('an empty file, JSON and dotted keys are fine', () => {
  assert.equal(load('')['webhook.mode'], 'enforce');
  assert.equal(load('{"webhook": {"mode": "shadow"}}')['webhook.mode'], 'shadow');
  assert.equal(load('webhook.mode: shadow')['webhook.mode'], 'shadow');
});

test('lists from a flag or variable are separated by commas', () => {
  const config = load('', {
    flags: { 'extender-scheduler-names': 'a, b' },
    environment: { TEMPER_SYSTEM_NAMESPACES: '' },
  });
  assert.deepEqual(config['extender.schedulerNames'], ['a', 'b']);
  assert.deepEqual(config.systemNamespaces, []);
});

test('an unknown key is refused wherever it stands, with the nearest known one', () => {
  refuses(() => load('webhok: {}'), 'TMP1003', /temper\.yaml: webhok; the nearest known one is webhook/);
  refuses(() => load('webhook: {modes: x}'), 'TMP1003', /webhook\.modes; the nearest known one is webhook\.mode$/);
  refuses(() => load('webhook: {factors: {norml: 1}}'), 'TMP1003', /nearest known one is webhook\.factors\.normal/);
  refuses(() => load('', { environment: { TEMPER_WEBHOOK_MOD: 'x' } }), 'TMP1003', /TEMPER_WEBHOOK_MODE/);
  refuses(() => load('{"__proto__": {"x": 1}}'), 'TMP1003', /__proto__/);
  refuses(() => load('constructor: 1'), 'TMP1003', /constructor/);
});

test('what Kubernetes itself puts into the environment is no typing error', () => {
  const environment = {
    TEMPER_CONTROL_SERVICE_HOST: '10.0.0.1',
    TEMPER_CONTROL_SERVICE_PORT_HTTPS: '443',
    TEMPER_CONTROL_PORT: 'tcp://10.0.0.1:443',
    TEMPER_CONTROL_PORT_443_TCP_ADDR: '10.0.0.1',
    TEMPER_CONFIG: 'x',
    HOME: '/',
  };
  assert.equal(load('', { environment })['webhook.mode'], 'enforce');
});

test('a value of the wrong type or out of range is refused, naming where it came from', () => {
  const cases: Array<[string, RegExp]> = [
    ['webhook: {percentage: 101}', /webhook\.percentage must be a number from 0 to 100/],
    ['webhook: {percentage: "ten"}', /webhook\.percentage/],
    ['webhook: {factors: {low: 0}}', /webhook\.factors\.low/],
    ['webhook: {factors: 3}', /nearest known/],
    ['webhook: {floor: 10 m}', /webhook\.floor must be a CPU quantity/],
    ['webhook: {mode: off}', /webhook\.mode must be enforce or shadow/],
    ['server: {port: 70000}', /server\.port/],
    ['server: {port: null}', /server\.port/],
    ['extender: {schedulerNames: x}', /extender\.schedulerNames must be a list/],
    ['priorityMapping: {critical: 2000000000}', /priorityMapping\.critical/],
  ];
  for (const [text, message] of cases) {
    assert.throws(
      () => load(text),
      (error) => error instanceof TemperError && message.test(error.message),
      text,
    );
  }
  refuses(() => load('', { flags: { 'webhook-percentage': 'x' } }), 'TMP1004', /--webhook-percentage/);
  refuses(() => load('', { flags: { 'webhook-percentage': '' } }), 'TMP1004', /--webhook-percentage/);
});

test('what is not YAML is refused with the line and without quoting the text', () => {
  refuses(() => load('a: 1\nb: [hunter2\n'), 'TMP1002', /temper\.yaml: .*line \d/);
  assert.throws(
    () => load('a: 1\nb: [hunter2\n'),
    (error) => error instanceof Error && !/hunter2/.test(error.message),
  );
  refuses(() => load('- 1'), 'TMP1002', /not a mapping/);
});

test('settings that contradict each other are refused', () => {
  refuses(() => load('', { flags: { 'webhook-enabled': 'false' } }), 'TMP1004', /nothing to serve/);
  refuses(() => load('priorityMapping: {high: 2000000}'), 'TMP1004', /must fall/);
  refuses(() => load('server: {tls: {certFile: ""}}'), 'TMP1004', /certFile/);
  const loopback = { 'webhook-enabled': 'false', 'extender-enabled': 'true', 'extender-loopback': 'true' };
  assert.equal(load('server: {tls: {certFile: ""}}', { flags: loopback })['server.tls.certFile'], '');
});

test('which changes wait for a restart', () => {
  const before = load('');
  const after = load('server: {port: 1}\nwebhook: {percentage: 5}\nsystemNamespaces: [kube-system, x]');
  assert.deepEqual(needsRestart(SETTINGS, before, after), ['systemNamespaces', 'server.port']);
  assert.deepEqual(needsRestart(SETTINGS, before, load('webhook: {mode: shadow}')), []);
});

test('no text makes loading fail in any way but its own', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      try {
        load(text);
      } catch (error) {
        assert.ok(error instanceof TemperError, String(error));
      }
    }),
    { numRuns: 500 },
  );
});

test('the edit distance is a distance', () => {
  fc.assert(
    fc.property(fc.string({ maxLength: 12 }), fc.string({ maxLength: 12 }), (a, b) => {
      assert.equal(editDistance(a, b), editDistance(b, a));
      assert.equal(editDistance(a, a), 0);
      assert.ok(editDistance(a, b) <= Math.max([...a].length, [...b].length));
    }),
  );
  assert.equal(editDistance('kitten', 'sitting'), 3);
  assert.equal(nearest('precentage', ['mode', 'percentage']), 'percentage');
});
