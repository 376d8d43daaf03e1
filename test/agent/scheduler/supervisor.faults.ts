import assert from 'node:assert/strict';
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { type TestContext, test } from 'node:test';
import { tied } from '../../../agent/scheduler/children.ts';
import { kernelOf } from '../../../agent/scheduler/kernel.ts';
import { MARKER } from '../../../agent/scheduler/marker.ts';
import type { SchedulerExit } from '../../../agent/scheduler/scheduler.ts';
import { OWNER_FILE } from '../../double/play-kernel.ts';
import { until as eventually } from '../../support/embedded.ts';
import { inTime } from '../../support/own-time.ts';
import { type Host, host, isAlive, PROGRAM, supervise, until } from './host.ts';
import { memberConfig, prefixConfig } from './support.ts';

const LIMIT = { timeout: 240_000 };

function prepare(t: TestContext, binary: 'stock' | 'patched' = 'stock') {
  const it = host(binary);
  const exits: SchedulerExit[] = [];
  const updates: string[] = [];
  it.cgroup('kubepods/critical/p1', [1, 2, 3]);
  const scheduler = supervise(it, exits, updates);
  t.after(async () => {
    await scheduler.stop();
    it.dispose();
  });
  return {
    it,
    exits,
    updates,
    scheduler,
    enforce: () => scheduler.pursue({ want: 'enforce', config: prefixConfig(), cause: 'test' }),
  };
}

const stock = { want: 'stock', reason: 'test', urgent: true } as const;
const childOf = ({ paths }: Host): number => Number(readFileSync(join(paths.sys, OWNER_FILE), 'utf8'));

const gone = (pid: number, ms: number): Promise<void> => inTime(`process ${pid} is gone`, ms, () => !isAlive(pid));

test('starts, attaches, tells its statistics, and stops', LIMIT, async (t) => {
  const { it, scheduler, enforce, exits } = prepare(t);
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  assert.equal(kernelOf(it.paths).read().state, 'enabled');
  assert.equal(scheduler.statistics?.layers['critical']?.tasks, 3);
  const child = childOf(it);
  const nice = readFileSync(join(it.paths.proc, `${child}/stat`), 'latin1')
    .replace(/^.*\) /s, '')
    .split(' ')[16];
  assert.equal(nice, '-19');
  const score = (pid: number): number => Number(readFileSync(join(it.paths.proc, `${pid}/oom_score_adj`), 'utf8'));
  assert.equal(score(child), Math.min(1000, score(process.pid) + 500), 'short of memory, the kernel takes the child');
  scheduler.pursue(stock);
  await until(scheduler, 'stock', ({ phase }) => phase === 'stock', 1_000);
  assert.equal(isAlive(child), false);
  assert.equal(kernelOf(it.paths).read().state, 'disabled');
  assert.equal(exits.at(-1)?.class, 'asked');
});

test('the patched binary takes members live', LIMIT, async (t) => {
  const { it, scheduler } = prepare(t, 'patched');
  it.cgroup('kubepods/critical/p1', []);
  scheduler.pursue({ want: 'enforce', config: memberConfig(), cause: 'test' });
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  const child = childOf(it);
  scheduler.pursue({ want: 'enforce', config: memberConfig([[2n ** 63n, 1]]), cause: 'test' });
  await until(scheduler, 'updated', ({ config }) => config?.members?.size === 1);
  assert.equal(childOf(it), child);
});

test('kill -9 of the child: noticed, classed, and enforcing again', LIMIT, async (t) => {
  const { it, scheduler, enforce, exits } = prepare(t);
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  process.kill(childOf(it), 'SIGKILL');
  await until(scheduler, 'noticed', ({ phase }) => phase !== 'enforcing', 1_000);
  await until(scheduler, 'enforcing again', ({ phase }) => phase === 'enforcing');
  assert.deepEqual(
    exits.map((exit) => exit.class),
    ['killed'],
  );
});

test(
  'a child that the kernel kills for lack of memory is told apart from one that somebody kills',
  LIMIT,
  async (t) => {
    const { it, exits, scheduler, enforce } = prepare(t);
    const own = /^0::(.*)$/m.exec(readFileSync('/proc/self/cgroup', 'utf8'))?.[1] ?? '';
    const killed = (count: number): void => {
      mkdirSync(join(it.paths.cgroup, own), { recursive: true });
      writeFileSync(join(it.paths.cgroup, own, 'memory.events'), `max 9\noom 3\noom_kill ${count}\noom_group_kill 0\n`);
    };
    killed(2);
    enforce();
    for (const count of [2, 3, 3]) {
      await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
      killed(count);
      process.kill(childOf(it), 'SIGKILL');
      await until(scheduler, 'noticed', ({ phase }) => phase !== 'enforcing', 1_000);
    }
    const words = ['ended by SIGKILL', 'ended by SIGKILL: out of memory', 'ended by SIGKILL'];
    // That the kernel has let go may be noticed before the child is reaped.
    await eventually('all ends are told', () => exits.length === words.length);
    assert.deepEqual(
      exits.map(({ class: found, detail }) => [found, detail]),
      words.map((detail) => ['killed', detail]),
    );
  },
);

test('a child that hangs on SIGTERM is killed after half a second', LIMIT, async (t) => {
  const { it, scheduler, enforce } = prepare(t);
  it.fault({ hangsOnSigterm: true });
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  scheduler.pursue(stock);
  const took = await until(scheduler, 'stock', ({ phase }) => phase === 'stock', 1_500);
  assert.ok(took > 400, `${took} ms`);
});

test('a refused config and a wrong command line are told apart', LIMIT, async (t) => {
  const { it, scheduler, exits } = prepare(t);
  const layers = prefixConfig().layers.slice(0, 2);
  scheduler.pursue({ want: 'enforce', config: { ...prefixConfig(), layers, hash: 'bad' }, cause: 'test' });
  await until(scheduler, 'latched', ({ phase }) => phase === 'latched');
  assert.equal(exits[0]?.class, 'config-refused');
  assert.match(exits[0]?.detail ?? '', /must have an empty match/);
  // The stock binary does not know the flag for members.
  scheduler.pursue({ want: 'enforce', config: memberConfig(), cause: 'test' });
  await until(scheduler, 'latched again', ({ lastExit }) => lastExit?.class === 'usage');
  assert.equal(existsSync(it.paths.statsSocket), false);
});

test('a program that is not there latches as unsupported', LIMIT, async (t) => {
  const it = host();
  const { createRealScheduler } = await import('../../../agent/scheduler/real-scheduler.ts');
  const { systemClock } = await import('../../../src/telemetry/system-clock.ts');
  const scheduler = createRealScheduler({
    ...it,
    clock: systemClock,
    program: [join(it.root, 'nothing-here')],
    kconfig: null,
    verifyLayers: () => null,
    observer: { exited() {}, updated() {}, live() {}, gap() {}, changed() {} },
  });
  t.after(() => scheduler.stop().then(() => it.dispose()));
  scheduler.pursue({ want: 'enforce', config: prefixConfig(), cause: 'test' });
  await until(scheduler, 'latched', ({ phase }) => phase === 'latched');
  assert.equal(scheduler.state.lastExit?.class, 'unsupported');
});

test('a socket that talks garbage ends in stock', LIMIT, async (t) => {
  const { it, scheduler, enforce, exits } = prepare(t);
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  it.fault({ socket: 'garbage' });
  await until(scheduler, 'given up', ({ config }) => config === null, 20_000);
  await until(scheduler, 'stock', ({ phase }) => phase === 'waiting' || phase === 'starting', 4_000);
  assert.equal(exits[0]?.class, 'socket-silent');
});

test('without a disk that can be written to it enforces too', LIMIT, async (t) => {
  const { it, scheduler, enforce } = prepare(t);
  // Root may write anywhere, so the directory's place is taken by a file.
  mkdirSync(join(it.root, 'run'), { recursive: true });
  writeFileSync(it.paths.run, '');
  chmodSync(it.paths.run, 0o400);
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
});

/** Processes that run the double below this host; not those that are about to become one, by changing their program. */
function doubles({ root, paths }: Host): number[] {
  const mine = `DOUBLE_ROOT=${root}\0`;
  return readdirSync(paths.proc).flatMap((name) => {
    try {
      const pid = Number(name);
      const folder = join(paths.proc, name);
      const isDouble = readFileSync(join(folder, 'cmdline'), 'latin1').startsWith(PROGRAM.join('\0'));
      return isDouble && readFileSync(join(folder, 'environ'), 'latin1').includes(mine) ? [pid] : [];
    } catch {
      return [];
    }
  });
}

async function two(it: Host): Promise<number[]> {
  let pids: number[] = [];
  await eventually('two schedulers', () => {
    pids = doubles(it).filter(isAlive);
    return pids.length === 2;
  });
  return pids;
}

const other = { want: 'enforce', config: prefixConfig('other'), cause: 'test' } as const;

test(
  'handed over between two processes: the old one in force until the new one waits, then the new one',
  LIMIT,
  async (t) => {
    const { it, scheduler, enforce, exits, updates } = prepare(t, 'patched');
    enforce();
    await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
    const old = childOf(it);
    scheduler.pursue(other);
    await until(scheduler, 'handing over', ({ phase }) => phase === 'handing-over');
    const [standby = 0] = (await two(it)).filter((pid) => pid !== old);
    assert.equal(scheduler.state.config?.hash, prefixConfig().hash);
    assert.match(
      readFileSync(join(it.paths.proc, `${standby}/stat`), 'latin1').replace(/^.*\) /s, ''),
      /^(\S+ ){16}-19 /,
    );
    await until(scheduler, 'the new one', ({ config }) => config?.hash === prefixConfig('other').hash);
    assert.equal(childOf(it), standby);
    assert.equal(kernelOf(it.paths).read().enableSeq, 2);
    assert.equal(isAlive(old), false);
    assert.deepEqual(updates, ['restart', 'handover']);
    assert.deepEqual(
      exits.map((exit) => exit.class),
      ['asked'],
    );
  },
);

test('kill -9 of the old one while the standby loads: the standby takes over by itself', LIMIT, async (t) => {
  const { it, scheduler, enforce, updates } = prepare(t, 'patched');
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  const old = childOf(it);
  scheduler.pursue(other);
  await two(it);
  process.kill(old, 'SIGKILL');
  await until(scheduler, 'the new one', ({ config }) => config?.hash === prefixConfig('other').hash);
  assert.deepEqual(updates, ['restart', 'handover']);
});

test('stock while handing over: both are gone, and the kernel stays on stock', LIMIT, async (t) => {
  const { it, scheduler, enforce } = prepare(t, 'patched');
  enforce();
  await until(scheduler, 'enforcing', ({ phase }) => phase === 'enforcing');
  it.fault({ hangsOnSigterm: true, neverReady: true });
  scheduler.pursue(other);
  const pids = await two(it);
  scheduler.pursue(stock);
  await until(scheduler, 'stock', ({ phase }) => phase === 'stock', 1_500);
  assert.deepEqual(pids.filter(isAlive), []);
  const { state, enableSeq } = kernelOf(it.paths).read();
  assert.deepEqual([state, enableSeq], ['disabled', 1]);
});

test('kill -9 of the agent while it hands over: both schedulers are gone with it', LIMIT, async (t) => {
  const it = host('patched');
  t.after(() => it.dispose());
  const agent = await startAgent(it, 'handing-over');
  const pids = await two(it);
  agent.kill('SIGKILL');
  await once(agent, 'exit');
  for (const pid of pids) await gone(pid, 1_000);
  const next = supervise(it);
  t.after(() => next.stop());
  await until(next, 'stock', ({ phase }) => phase === 'stock', 4_000);
  // It finds nobody to end, so until the kernel has let go what is attached is another's for it.
  await inTime('the kernel is on stock', 1_000, () => kernelOf(it.paths).read().state === 'disabled');
});

async function startAgent(it: Host, last = 'enforcing'): Promise<ChildProcess> {
  const agent = spawn(process.execPath, [join(import.meta.dirname, 'agent-process.ts')], {
    env: it.environment,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const { stdout } = agent;
  if (stdout === null) throw new Error('the agent has no output');
  await new Promise<void>((resolve, reject) => {
    agent.on('exit', () => reject(new Error('the agent ended')));
    createInterface({ input: stdout }).on('line', (line) => line === last && resolve());
  });
  return agent;
}

test(
  'kill -9 of the agent: its child is gone with it, the kernel is back on stock, the next agent enforces',
  LIMIT,
  async (t) => {
    const it = host();
    t.after(() => it.dispose());
    const agent = await startAgent(it);
    const child = childOf(it);
    assert.ok(isAlive(child));
    agent.kill('SIGKILL');
    await once(agent, 'exit');
    await gone(child, 1_000);
    const next = supervise(it);
    t.after(() => next.stop());
    await until(next, 'stock', ({ phase }) => phase === 'stock', 4_000);
    await inTime('the kernel is on stock', 1_000, () => kernelOf(it.paths).read().state === 'disabled');
    next.pursue({ want: 'enforce', config: prefixConfig(), cause: 'test' });
    await until(next, 'enforcing', ({ phase }) => phase === 'enforcing');
  },
);

test('an agent that dies before its child has asked for the death signal leaves nothing running', LIMIT, (t) => {
  const it = host();
  t.after(() => it.dispose());
  // For the child this is the same: by the time it looks, its parent is not the one that started it.
  const [program = '', ...rest] = tied([...PROGRAM, JSON.stringify(prefixConfig().layers)], 999_999_999);
  const { status } = spawnSync(program, rest, { env: it.environment, timeout: 60_000 });
  assert.equal(status, 125);
  assert.equal(existsSync(join(it.paths.sys, OWNER_FILE)), false);
});

test('orphans are found and ended before a start; the child of a living agent is left alone', LIMIT, async (t) => {
  const it = host();
  const config = JSON.stringify(prefixConfig().layers);
  const [program = '', ...rest] = PROGRAM;
  const env = { ...it.environment, DOUBLE_BINARY: 'patched', [MARKER]: '999999999' };
  const orphan = spawn(program, [...rest, config], { env, stdio: 'ignore' });
  const others = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)'], {
    env: { [MARKER]: String(process.pid) },
    stdio: 'ignore',
  });
  const children = [orphan, others];
  t.after(() => {
    for (const child of children) child.kill('SIGKILL');
  });
  await eventually('the orphan has attached', () => kernelOf(it.paths).read().state === 'enabled');
  const waiting = spawn(program, [...rest, '--standby', 'free', config], { env, stdio: 'ignore' });
  children.push(waiting);
  const scheduler = supervise(it);
  t.after(() => scheduler.stop().then(() => it.dispose()));
  await until(scheduler, 'stock', ({ phase }) => phase === 'stock', 6_000);
  // Both were killed; the kernel lets go when the first is gone, and the other may take a moment more.
  for (const { pid = 0 } of [orphan, waiting]) await gone(pid, 1_000);
  assert.equal(isAlive(others.pid ?? 0), true);
  assert.equal(scheduler.state.foreign, null);
});
