import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type VmOptions, vmArguments } from './command.ts';
import { lineReader } from './lines.ts';
import { shapeOf } from './shape.ts';

const OPTIONS: VmOptions = {
  shape: shapeOf({}),
  accel: 'tcg',
  isThreaded: false,
  kernel: 'k',
  initrd: 'i',
  words: [],
  without: [],
};

test('a shape is a machine that there can be', () => {
  assert.throws(() => shapeOf({ cpus: 3, threads: 2 }), /3 CPUs/);
  assert.throws(() => shapeOf({ cpus: 0 }));
  assert.throws(() => shapeOf({ cpus: 4, sockets: 2, nodes: 4 }), /NUMA/);
  assert.throws(() => shapeOf({ cpus: 6, sockets: 3, nodes: 2 }), /NUMA/);
  assert.equal(shapeOf({ cpus: 8, sockets: 2, nodes: 2, threads: 2 }).memoryMb, 2048);
});

test('two sockets are two NUMA nodes with half of the memory each', () => {
  const shape = shapeOf({ cpus: 8, sockets: 2, nodes: 2, memoryMb: 3072 });
  const line = vmArguments({ ...OPTIONS, shape, words: ['x=1'], without: ['cx16'] }).join(' ');
  assert.match(line, /-smp 8,sockets=2,cores=4,threads=1 -m 3072M/);
  assert.match(line, /id=mem1,size=1536M -numa node,nodeid=1,memdev=mem1/);
  assert.match(line, /cpu,node-id=0,socket-id=0 -numa cpu,node-id=1,socket-id=1/);
  assert.match(line, /-accel tcg,thread=single .*-cpu max,-erms,-fsrm,-cx16 /);
  assert.match(line, /panic=-1 x=1$/);
});

test('CPUs that run at once do not count instructions; KVM has threads of its own', () => {
  const line = (more: Partial<VmOptions>) => vmArguments({ ...OPTIONS, ...more }).join(' ');
  assert.match(line({}), /thread=single -icount /);
  assert.match(line({ isThreaded: true }), /thread=multi -cpu max/);
  assert.doesNotMatch(line({ isThreaded: true }), /icount/);
  assert.match(line({ isThreaded: true, accel: 'kvm' }), /-accel kvm -cpu host/);
});

test('lines are whole, however they come', () => {
  const lines: string[] = [];
  const read = lineReader((line) => lines.push(line));
  const bytes = Buffer.from('one\r\ntwo ä\nthree');
  for (const byte of bytes) read(Buffer.from([byte]));
  assert.deepEqual(lines, ['one', 'two ä']);
});
