// The double ends as the real scx_layered does: the table that the lab's case `ends` holds the real one to.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { hostPaths } from '../../../../agent/host/paths.ts';
import { classify } from '../../../../agent/scheduler/machine/exit-class.ts';
import { aliveIn, OWNER_FILE, playKernel } from '../../../double/play-kernel.ts';
import { until } from '../../../support/embedded.ts';
import { hostTree } from '../../../support/host-tree.ts';
import { ENDS } from './ends.ts';
import { startDouble } from './start-double.ts';

const context = { attached: false, hotplugged: false, recentHotplug: false };

for (const expected of ENDS) {
  test(`the double: ${expected.name}`, { timeout: 240_000 }, async (t) => {
    const host = hostTree();
    t.after(() => host.dispose());
    t.after(playKernel(host.paths, aliveIn(hostPaths().proc)));
    const state = (): string => readFileSync(join(host.paths.sys, 'kernel/sched_ext/state'), 'utf8').trim();
    const isAttached = () => until('attached', () => state() === 'enabled');
    const owner = (): number => Number(readFileSync(join(host.paths.sys, OWNER_FILE), 'utf8'));
    let first: number | undefined;
    if (expected.second === true) {
      first = startDouble(t, host, expected).child.pid;
      await isAttached();
    }
    const { child, output } = startDouble(t, host, expected);
    const closed = once(child, 'close');
    if (expected.signal !== undefined) {
      await isAttached();
      child.kill(expected.signal);
    }
    await closed;
    const { exitCode: code, signalCode: signal } = child;
    assert.equal(signal ?? code, expected.end, output());
    assert.match(output(), expected.says);
    if (first !== undefined) assert.equal(owner(), first, 'the one before stays attached');
    const exit = { code, signal, failure: null, output: output() };
    assert.equal(classify(exit, { ...context, attached: expected.signal !== undefined }).class, expected.class);
  });
}
