import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { formatCpuList, MAX_CPU, parseCpuList } from '../../../agent/machine/cpu-list.ts';

test('lists as kernels write them', () => {
  assert.deepEqual(parseCpuList('0-3,8\n'), [0, 1, 2, 3, 8]);
  assert.deepEqual(parseCpuList('0'), [0]);
  assert.deepEqual(parseCpuList('\n'), []);
  assert.deepEqual(parseCpuList(''), []);
  assert.equal(formatCpuList([0, 1, 2, 3, 8]), '0-3,8');
  assert.equal(formatCpuList([4, 5]), '4-5');
  assert.equal(formatCpuList([]), '');
});

test('what no kernel writes is refused', () => {
  const garbage = [
    '0-',
    '-3',
    '3-1',
    '0,0',
    '0-3,2',
    '4,1',
    '0,,1',
    'a',
    '0x1',
    '1.5',
    '0 1',
    ',',
    '99999',
    '0-99999999',
    '(null)',
  ];
  for (const text of [...garbage, `0-${MAX_CPU + 1}`]) assert.equal(parseCpuList(text), null, text);
});

const cpuSet = fc.uniqueArray(fc.nat(MAX_CPU)).map((cpus) => cpus.toSorted((a, b) => a - b));

test('what is written is read again, and is as short as the kernel has it', () => {
  fc.assert(
    fc.property(cpuSet, (cpus) => {
      const text = formatCpuList(cpus);
      assert.deepEqual(parseCpuList(text), cpus);
      const parts = text.split(',').map((part) => part.split('-').map(Number));
      for (const [index, [from = 0]] of parts.entries()) {
        if (index > 0) assert.ok(from > (parts[index - 1]?.at(-1) ?? 0) + 1, `${text}: neighbours are one range`);
      }
    }),
  );
});

test('any text is a list of ascending CPUs, or none', () => {
  const texts = fc.oneof(fc.string(), fc.stringMatching(/^[0-9,-]{0,20}$/));
  fc.assert(
    fc.property(texts, (text) => {
      const cpus = parseCpuList(text);
      if (cpus === null) return;
      assert.ok(cpus.every((cpu, index) => cpu <= MAX_CPU && cpu > (cpus[index - 1] ?? -1)));
    }),
    { numRuns: 2000 },
  );
});
