import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlags } from '../../src/config/flags.ts';
import { TemperError } from '../../src/model/errors.ts';
import { SETTINGS } from '../../src/service/config/settings.ts';

const read = (...args: string[]) =>
  readFlags(args, { name: 'temper-service', description: '', version: '1.2.3', table: SETTINGS });

test('a switch may stand alone, a value may follow or be joined', () => {
  assert.deepEqual(read('--webhook-enabled', '--config', 'x.yaml', '--webhook-mode=shadow', '--server-port', '1'), {
    config: 'x.yaml',
    settings: { 'webhook-enabled': 'true', 'webhook-mode': 'shadow', 'server-port': '1' },
  });
  assert.deepEqual(read('--webhook-enabled', 'false').settings, { 'webhook-enabled': 'false' });
  assert.deepEqual(read(), { config: undefined, settings: {} });
});

test('every kind of wrong use has an id and names what was typed', () => {
  const cases: Array<[string[], string, RegExp]> = [
    [['--webhok-enabled'], 'TMP1003', /--webhok-enabled; the nearest known one is --webhook-enabled/],
    [['--webhok-mode=shadow'], 'TMP1003', /--webhook-mode/],
    [['--server-port'], 'TMP1004', /argument missing/],
    [['serve'], 'TMP1004', /too many arguments/],
  ];
  for (const [args, id, message] of cases) {
    assert.throws(
      () => read(...args),
      (error) => error instanceof TemperError && error.id === id && message.test(error.message),
      args.join(' '),
    );
  }
});
