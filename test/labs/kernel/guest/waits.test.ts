import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { longestWaits, parseWaits } from './waits.ts';

const BEFORE = parseWaits('2 2 1000000 9000000 / kthreadd\n77 70 8000000 9000000 /system.slice/a.service daemon\n');
const CLASSES = new Map([
  ['kernel', ['']],
  ['agent', ['kubepods.slice/agent']],
  ['pods', ['kubepods.slice']],
  ['system', ['system.slice', 'init.scope']],
]);

function longest(text: string): Record<string, number> {
  return Object.fromEntries(
    [...longestWaits(parseWaits(text), BEFORE, CLASSES)].map(([name, { maxMs }]) => [name, maxMs]),
  );
}

describe('waits of threads', () => {
  it('reads names with spaces, and skips what is no thread', () => {
    const [one, ...more] = parseWaits('9 8 2500000 3000000 /init.scope a b\nnonsense\n');
    assert.deepEqual(one, { tid: 9, pid: 8, maxMs: 2.5, totalMs: 3, cgroup: 'init.scope', comm: 'a b' });
    assert.deepEqual(more, []);
  });

  it('tells the longest of each class', () => {
    const now = ['3 3 4000000 4000000 / a', '4 4 6000000 6000000 / b', '5 5 7000000 7000000 /init.scope/x c'];
    assert.deepEqual(longest(now.join('\n')), { kernel: 6, system: 7 });
  });

  it('counts what is in the root itself as the kernel, not all below it', () => {
    assert.deepEqual(longest('3 3 4000000 4000000 /user.slice x'), {});
  });

  it('takes the first class that holds a cgroup, by whole names', () => {
    const now = ['3 3 4000000 4000000 /kubepods.slice/agent/x a', '4 4 5000000 5000000 /kubepods.slice/agents b'];
    assert.deepEqual(longest(now.join('\n')), { agent: 4, pods: 5 });
  });

  it('leaves out waits of before', () => {
    const now = ['2 2 1000000 9500000 / kthreadd', '77 70 8500000 9900000 /system.slice/a.service daemon'];
    assert.deepEqual(longest(now.join('\n')), { system: 8.5 });
  });
});
