import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AT, CONFIG, fakeFacade, OBSERVATION, POD, STATUS } from '../agent/api/fake-facade.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { errorOf, run, withServed } from './harness.ts';

const json = (text: string): Record<string, unknown> => JSON.parse(text) as Record<string, unknown>;

test('status for people', async () => {
  const clock = new FakeClock(AT);
  // gRPC's deadline is of the real clock: this one is ahead of it, so that the call may take as long as it wants.
  clock.setWallClock(Math.max(AT, Date.now() + 1_000));
  const facade = fakeFacade({
    status: () => ({
      ...STATUS,
      since: clock.now() - 90_000,
      lastContactAt: null,
      scheduler: {
        ...STATUS.scheduler,
        phase: 'waiting',
        attached: null,
        lastExit: { class: 'killed', detail: 'signal 9', at: clock.now() - 5_000 },
        retryAt: clock.now() + 20_000,
      },
      stockGap: { count: 2, totalMs: 61_000, currentMs: 400 },
    }),
  });
  const { stdout } = await withServed(facade, async (address) => await run(['status', ...address], { clock }));
  assert.equal(
    stdout,
    `node-1: enforcing
since       1m30s ago
generation  7
scheduler   waiting, matching by membership, next try in 20s, last exit 5s ago: killed: signal 9
safe mode   off
checks      1 passed, 1 warning
API server  heard never
stock gaps  2, 1m1s in all, on stock for 0.4s now
versions    agent 0.1.0, scx_layered 1.0.18

TIER        PODS  CORES REQUESTED
critical       1                2
high           0                0
normal         3              1.5
low            0                0
background     1                0
system         2              0.2

limits-not-enforced (TMP3104): CPU limit not enforced while attached: shop/cart-1
`,
  );
});

test('check says what attaching drops', async () => {
  const { stdout } = await withServed(fakeFacade(), async (address) => await run(['check', ...address]));
  assert.match(
    stdout.replaceAll('\n', ' '),
    /While the scheduler is attached: CPU limits \(cpu.max\) are not enforced;/,
  );
});

test('every command has one JSON document on stdout, with its kind', async () => {
  const kinds: ReadonlyArray<readonly [args: string[], kind: string]> = [
    [['status'], 'NodeStatus'],
    [['check'], 'Check'],
    [['config'], 'LayeredConfig'],
    [['top'], 'NodeTop'],
    [['explain', 'node'], 'NodeExplanation'],
    [['explain', 'node', 'node-1'], 'NodeExplanation'],
    [['explain', 'pod', POD.uid], 'PodExplanation'],
    [['explain', 'pod', 'cart-0', '-n', 'shop'], 'PodExplanation'],
    [['qos', 'set', 'shop/cart-0', 'high'], 'QosChange'],
    [['qos', 'clear', 'shop/cart-0'], 'QosChange'],
    [['scheduler', 'reload'], 'SchedulerReload'],
    [['safe-mode', 'on'], 'SafeMode'],
    [['safe-mode', 'status'], 'SafeMode'],
    [['safe-mode', 'off'], 'SafeMode'],
    [['version'], 'Version'],
    [['completion', 'zsh'], 'Completion'],
  ];
  await withServed(fakeFacade(), async (address) => {
    for (const [args, kind] of kinds) {
      const ran = await run([...args, '-o', 'json', ...address]);
      assert.equal(ran.code, 0, `${args.join(' ')}: ${ran.stderr}`);
      const document = json(ran.stdout);
      assert.deepEqual([document['apiVersion'], document['kind']], ['cli.temper.codes/v1', kind]);
    }
  });
});

test('config gives the layers as they are', async () => {
  const ran = await withServed(fakeFacade(), async (address) => await run(['config', '-o', 'json', ...address]));
  const document = json(ran.stdout);
  assert.deepEqual(document['layers'], CONFIG.layers);
  assert.deepEqual(document['members'], [{ cgroupId: '18446744073709551615', layer: 0 }]);
});

test('config for people shows the numbers of a layer, and survives layers of another form', async () => {
  const facade = fakeFacade();
  facade.config = {
    ...CONFIG,
    layers: [
      {
        name: 'critical',
        matches: [[{ CgroupPrefix: 'a/' }], [{ CgroupPrefix: 'b/' }]],
        kind: { Confined: { weight: 100, cpus_range: [2, 4], slice_us: 5000 } },
      },
      { name: 7, kind: 'x' },
      null,
    ],
  };
  const { stdout } = await withServed(facade, async (address) => await run(['config', ...address]));
  const lines = stdout.split('\n');
  assert.match(lines[6] ?? '', /^critical +Confined +100 +2-4 +5000 +2 +1$/);
  assert.match(lines[7] ?? '', /^\? +\? +- +- +- +0 +0$/);
});

test('what changes something is said on stdout, how to take it back on stderr', async () => {
  const facade = fakeFacade();
  await withServed(facade, async (address) => {
    const set = await run(['qos', 'set', 'cart-0', 'high', '-n', 'shop', ...address]);
    assert.equal(set.stdout, 'shop/cart-0: high (override before: none)\n');
    assert.equal(set.stderr, 'qos clear takes it back\n');
    await run(['safe-mode', 'on', ...address]);
    const again = await run(['safe-mode', 'on', ...address]);
    assert.equal(again.stdout, 'safe mode is on: asked for by host-file (no change)\n');
  });
  assert.deepEqual(facade.calls, [
    ['setQos', { by: 'name', namespace: 'shop', name: 'cart-0' }, 'high'],
    ['setSafeMode', true],
    ['setSafeMode', true],
  ]);
});

test('explain node never tells of one node what is true of another', async () => {
  const ran = await withServed(fakeFacade(), async (address) => {
    return await run(['explain', 'node', 'node-2', '-o', 'json', ...address]);
  });
  assert.deepEqual([ran.code, ran.stdout, errorOf(ran).id], [1, '', 'TMP3223']);
});

test('top sorts pods by layer and says how many it could not get', async () => {
  const pods = Array.from({ length: 1_002 }, (_, index) => ({
    ...POD,
    name: `p-${String(index).padStart(4, '0')}`,
    layer: index % 2 === 0 ? ('normal' as const) : ('critical-fenced' as const),
  }));
  const facade = fakeFacade({ observe: () => ({ ...OBSERVATION, pods }) });
  const ran = await withServed(facade, async (address) => await run(['top', ...address]));
  const rows = ran.stdout.split('\n').filter((line) => line.endsWith('0001') || line.endsWith('0000'));
  assert.deepEqual(
    rows.map((row) => row.split(/ +/)[0]),
    ['critical-fenced', 'normal'],
  );
  assert.equal(ran.stderr, '2 more pods are not shown\n');
});

test('a pod is named by name, by namespace and name, or by uid; all else is a usage error', async () => {
  const facade = fakeFacade();
  await withServed(facade, async (address) => {
    for (const pod of ['a/b/c', 'Cart', '', '/x', 'x/', '-o', '../etc', `n/${'x'.repeat(254)}`]) {
      const ran = await run(['qos', 'clear', pod, ...address]);
      assert.equal(ran.code, 2, pod);
    }
  });
  assert.deepEqual(facade.calls, []);
});

test('an address that is none is a usage error and never a path or a scheme', async () => {
  for (const address of ['localhost', 'unix:/run/x', 'dns:///a:1', 'a:1/b', '127.0.0.1:123456']) {
    const ran = await run(['status', '--address', address]);
    assert.equal(ran.code, 2, address);
  }
});

test('colour only on a terminal, without NO_COLOR, and in no JSON', async () => {
  await withServed(fakeFacade(), async (address) => {
    const coloured = async (options: object, args: readonly string[] = []): Promise<boolean> =>
      (await run(['status', ...address, ...args], options)).stdout.includes('\u001b[');
    assert.equal(await coloured({}), false);
    assert.equal(await coloured({ stdoutIsTerminal: true }), true);
    assert.equal(await coloured({ stdoutIsTerminal: true, env: { NO_COLOR: '1' } }), false);
    assert.equal(await coloured({ stdoutIsTerminal: true, env: { NO_COLOR: '' } }), true);
    assert.equal(await coloured({ stdoutIsTerminal: true, env: { TERM: 'dumb' } }), false);
    assert.equal(await coloured({ stderrIsTerminal: true }), false);
    assert.equal(await coloured({ stdoutIsTerminal: true }, ['-o', 'json']), false);
  });
});

test('what a node says cannot move the terminal, in either form', async () => {
  const evil = 'a\u001b[2Jb\u009b1mc\u202ed\ne';
  const facade = fakeFacade({
    status: () => ({
      ...STATUS,
      node: evil,
      status: { word: 'enforcing', reason: evil },
      notices: [{ id: 'limits-refuse', message: evil }],
    }),
    explainNode: () => ({ node: evil, lines: [evil] }),
  });
  await withServed(facade, async (address) => {
    for (const args of [['status'], ['check'], ['top'], ['explain', 'node']]) {
      for (const form of ['table', 'json']) {
        const { stdout } = await run([...args, '-o', form, ...address]);
        const obeyed = ['\u001b', '\u009b', '\u202e'].filter((character) => stdout.includes(character));
        assert.deepEqual(obeyed, [], `${args.join(' ')} ${form}`);
      }
    }
  });
});

test('as a plugin of kubectl it says so', async () => {
  const usage = async (options: object): Promise<string> =>
    (await run(['--help'], options)).stdout.split('\n')[0] ?? '';
  assert.equal(await usage({}), 'Usage: temper-cli [options] [command]');
  assert.equal(await usage({ program: 'kubectl-temper' }), 'Usage: kubectl temper [options] [command]');
  assert.equal(
    await usage({ env: { KUBECTL_PLUGINS_CALLER: '/usr/bin/kubectl' } }),
    'Usage: kubectl temper [options] [command]',
  );
});

test('completion offers commands, flags and values, for kubectl with its directive', async () => {
  const offered = async (...words: string[]): Promise<string[]> =>
    (await run(['__complete', ...words])).stdout.split('\n').slice(0, -1);
  assert.deepEqual(await offered('s'), ['status', 'scheduler', 'safe-mode']);
  assert.deepEqual(await offered('--node', 'worker-1', 'safe-mode', 'o'), ['on', 'off']);
  assert.deepEqual(await offered('qos', 'set', 'shop/cart-0', ''), ['critical', 'high', 'normal', 'low', 'background']);
  assert.deepEqual(await offered('status', '-o', ''), ['table', 'json']);
  assert.deepEqual(await offered('status', '--node', ''), []);
  assert.deepEqual(await offered('check', '--p'), ['--pre']);
  assert.deepEqual(await offered('qos', 'set', 'x', 'high', ''), []);
  assert.deepEqual(await offered('--no'), ['--node']);
  const ran = await run(['safe-mode', 'st'], { program: 'kubectl_complete-temper' });
  assert.equal(ran.stdout, 'status\n:4\n');
});

test('version without an agent asks nobody', async () => {
  const ran = await run(['version', '-o', 'json']);
  assert.deepEqual(Object.keys(json(ran.stdout)), ['apiVersion', 'kind', 'cli']);
});
