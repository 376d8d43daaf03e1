import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { AgentFacade } from '../../agent/api/facade.ts';
import { fakeFacade, OBSERVATION, POD, STATUS } from '../agent/api/fake-facade.ts';
import { serve } from '../agent/api/harness.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { type RunOptions, run, withServed } from './harness.ts';

/** Answers, and ends the watch once it has answered so often. */
function watched(rounds: number, facade: AgentFacade = fakeFacade()) {
  const interrupt = new AbortController();
  const clock = new FakeClock(Date.now());
  let answered = 0;
  const next = (): void => {
    answered += 1;
    // After the answer was shown; then the time until the next one passes at once.
    const look = (): void => {
      if (!clock.pending.includes(EVERY_MS)) setImmediate(look);
      else if (answered >= rounds) interrupt.abort();
      else clock.advance(EVERY_MS);
    };
    setImmediate(look);
  };
  const options: RunOptions = { clock, signal: interrupt.signal };
  return {
    options,
    clock,
    facade: {
      ...facade,
      status: () => {
        next();
        return facade.status();
      },
    },
  };
}

const EVERY_MS = 7_000;
const EVERY = ['-w', '7'];

test('a watch is a block for each answer where nobody looks, without an escape code, and ends with 130', async () => {
  const { facade, options } = watched(3);
  const { code, stdout, stderr } = await withServed(facade, (at) => run(['status', ...EVERY, ...at], options));
  assert.equal(code, 130);
  assert.equal(stderr, '');
  assert.equal(stdout.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ\nnode-1: enforcing\n/gm)?.length, 3);
  assert.ok(!stdout.includes('\u001b'));
});

test('with JSON it is a document a line', async () => {
  const { facade, options } = watched(2);
  const { code, stdout } = await withServed(facade, (at) => run(['top', '-o', 'json', ...EVERY, ...at], options));
  assert.equal(code, 130);
  const kinds = stdout
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { kind: string }).kind);
  assert.deepEqual(kinds, ['NodeTop', 'NodeTop']);
});

test('on a terminal the newest takes the place of the one before, within its height', async () => {
  const pods = Array.from({ length: 50 }, (_, index) => ({ ...POD, name: `p-${index}` }));
  const { facade, options } = watched(2, fakeFacade({ observe: () => ({ ...OBSERVATION, pods }) }));
  const terminal = { ...options, stdoutIsTerminal: true, env: { NO_COLOR: '1' } };
  const { stdout } = await withServed(facade, (at) => run(['top', ...EVERY, ...at], terminal));
  const [, ...frames] = stdout.split('\u001b[H');
  assert.equal(frames.length, 2);
  for (const frame of frames) {
    const lines = frame.split('\n');
    assert.equal(lines.length, 24);
    assert.match(lines[22] ?? '', /^\d+ more lines/);
    assert.match(lines[0] ?? '', /every 7 s until Ctrl-C/);
  }
});

test('an agent that goes away once it has answered is waited for; one that never answered is an error', async () => {
  const { options } = watched(1);
  const never = await run(['status', ...EVERY, '--address', '127.0.0.1:1'], options);
  assert.deepEqual([never.code, never.stdout], [1, '']);

  const gone = new AbortController();
  const clock = new FakeClock(Date.now());
  const served = await serve(fakeFacade({ status: () => ({ ...STATUS, node: 'once' }) }));
  const running = run(['status', ...EVERY, '--address', `127.0.0.1:${served.port}`], {
    clock,
    signal: gone.signal,
  });
  await shown(clock);
  await served.stop();
  clock.advance(EVERY_MS);
  await shown(clock);
  gone.abort();
  const { code, stdout, stderr } = await running;
  assert.equal(code, 130);
  assert.match(stdout, /once: enforcing/);
  assert.match(stderr, /^error TMP/);
});

test('seconds that are none are a usage error', async () => {
  for (const seconds of ['0', '3601', '1.5', 'x', '-1']) {
    assert.equal((await run(['top', `--watch=${seconds}`, '--address', '127.0.0.1:1'])).code, 2, seconds);
  }
});

/** Until it waits for its next round. */
async function shown(clock: FakeClock): Promise<void> {
  while (!clock.pending.includes(EVERY_MS)) await new Promise((resolve) => setImmediate(resolve));
}
