import assert from 'node:assert/strict';
import { test } from 'node:test';
import { classify, type ExitContext } from '../../../agent/scheduler/machine/exit-class.ts';
import type { ChildExit } from '../../../agent/scheduler/ports.ts';

const before: ExitContext = { attached: false, hotplugged: false, recentHotplug: false };
const after: ExitContext = { ...before, attached: true };
const plugged: ExitContext = { ...after, hotplugged: true };
const soonAfterPlug: ExitContext = { ...before, recentHotplug: true };

const code = (number: number, output = ''): ChildExit => ({ code: number, signal: null, failure: null, output });
const signal = (name: NodeJS.Signals): ChildExit => ({ code: null, signal: name, failure: null, output: '' });
const failure = (text: string): ChildExit => ({ code: null, signal: null, failure: text, output: '' });

test('what each end means', () => {
  const cases: ReadonlyArray<[string, ChildExit, ExitContext]> = [
    ['killed', code(0), after],
    ['hotplug', code(0), plugged],
    ['config-refused', code(1, 'loading\nError: Spec "a" has an invalid cpus_range'), before],
    ['config-refused', code(1, 'Error: unknown variant `Foo`, expected one of'), before],
    ['not-attached', code(1, 'Error: another sched_ext scheduler is already running'), before],
    ['not-attached', code(1, 'Error: another sched_ext scheduler is already running'), after],
    ['unsupported', code(1, 'Error: sched_ext_ops.dump() missing, kernel too old?'), before],
    ['error', code(1, 'Error: failed to load'), before],
    ['error', code(1, 'Error: spec in a step'), after],
    ['ejected', code(1, 'DEBUG DUMP spec\n====\n\nError: EXIT: runnable task stall (watchdog failed)'), after],
    // 16 layers: it gives up before anybody sees it attached, with a dump that has every word in it.
    ['ejected', code(1, 'DEBUG DUMP\n  R kconfig[7]\n\nError: EXIT: scx_bpf_error (nr=16 too high) on CPU 1'), before],
    ['ejected', code(1, 'Error: EXIT: SysRq-S on CPU 0'), after],
    ['hotplug', code(1, 'EXIT: unregistered from kernel'), plugged],
    ['usage', code(255, "error: unexpected argument '--x' found"), before],
    ['usage', code(2, "error: unexpected argument '--x'"), before],
    ['panic', code(101, 'thread main panicked'), before],
    ['panic', code(101), after],
    ['hotplug', code(101), plugged],
    ['hotplug', code(101), soonAfterPlug],
    ['config-refused', code(1, 'Error: Spec'), soonAfterPlug],
    ['killed', code(137), after],
    ['killed', signal('SIGKILL'), after],
    ['killed', signal('SIGTERM'), plugged],
    ['panic', signal('SIGSEGV'), after],
    ['unsupported', code(127, 'setpriv: failed to execute'), before],
    ['unsupported', failure('spawn setpriv ENOENT'), before],
    ['error', failure('spawn EAGAIN'), before],
    ['error', code(125), before],
  ];
  for (const [expected, exit, context] of cases) {
    const { class: found, detail } = classify(exit, context);
    assert.equal(found, expected, JSON.stringify([exit, context]));
    assert.notEqual(detail, '');
  }
});

test('the detail is what the kernel said, else the last error, bounded', () => {
  const dump = `Error: early\nEXIT: stall (x)\n${'noise\n'.repeat(3)}`;
  assert.equal(classify(code(1, dump), after).detail, 'exit code 1: EXIT: stall (x)');
  assert.equal(classify(code(1, 'Error: one\nsome more'), before).detail, 'exit code 1: Error: one');
  assert.equal(classify(code(1, ''), before).detail, 'exit code 1');
  const refused = 'Error: Failed to parse specs[0]\n\nCaused by:\n    unknown variant `Foo` at line 1 column 44\n';
  assert.equal(
    classify(code(1, refused), before).detail,
    'exit code 1: Error: Failed to parse specs[0]: unknown variant `Foo` at line 1 column 44',
  );
  const load = 'Error: Failed to load BPF program\n\nCaused by:\n    Invalid argument (os error 22)\n';
  assert.equal(
    classify(code(1, load), before).detail,
    'exit code 1: Error: Failed to load BPF program: Invalid argument (os error 22)',
  );
  const panic = "thread 'main' (162) panicked at main.rs:747:8:\nrange end index 129\nnote: run with a backtrace";
  assert.equal(
    classify(code(101, panic), before).detail,
    "exit code 101: thread 'main' (162) panicked at main.rs:747:8: range end index 129",
  );
  assert.ok(classify(code(1, `EXIT: ${'x'.repeat(5_000)}`), after).detail.length < 400);
});
