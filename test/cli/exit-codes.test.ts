// Each exit code in each output form: the code never depends on the form, and errors keep to stderr.
import assert from 'node:assert/strict';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test } from 'node:test';
import type { AgentFacade } from '../../agent/api/facade.ts';
import { TemperError } from '../../src/model/errors.ts';
import { fakeFacade, STATUS } from '../agent/api/fake-facade.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { errorOf, type Ran, type RunOptions, run, withServed } from './harness.ts';
import { withKubeconfig } from './kubeconfig.ts';

interface Case {
  readonly name: string;
  readonly code: number;
  /** The error on stderr; null where there is only data. */
  readonly id: string | null;
  /** Runs the command with these flags beside its own. */
  run(flags: readonly string[]): Promise<Ran>;
}

const refusing = (id: 'TMP3205' | 'TMP3208' | 'TMP3209'): AgentFacade =>
  fakeFacade({
    reload: () => {
      throw new TemperError(id, 'as the test wants it');
    },
  });

const agentCase = (facade: () => AgentFacade, args: readonly string[], options?: RunOptions) => {
  return async (flags: readonly string[]): Promise<Ran> =>
    await withServed(facade(), async (address) => await run([...args, ...address, ...flags], options));
};

const word = (status: 'degraded' | 'unsupported' | 'safe-mode') => () =>
  fakeFacade({ status: () => ({ ...STATUS, status: { word: status, reason: 'because' } }) });

/** An API server that answers everything with this status. */
async function refusedBy(status: number, flags: readonly string[]): Promise<Ran> {
  const server = createServer((_request, response) => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify({ kind: 'Status', code: status, message: 'as the test wants it' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  try {
    return await withKubeconfig(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, async (kubeconfig) => {
      return await run(['status', '--node', 'node-1', '--kubeconfig', kubeconfig, ...flags]);
    });
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

/** A facade whose override never gets stored; `begun` tells that the call has arrived. */
function hanging(): { readonly facade: AgentFacade; readonly begun: Promise<void> } {
  const begun = Promise.withResolvers<void>();
  const facade = fakeFacade({
    setQos: async () => {
      begun.resolve();
      return await new Promise(() => {});
    },
  });
  return { facade, begun: begun.promise };
}

const CASES: readonly Case[] = [
  { name: 'ok', code: 0, id: null, run: agentCase(fakeFacade, ['status']) },
  { name: 'safe mode was asked for', code: 0, id: null, run: agentCase(word('safe-mode'), ['status']) },
  {
    name: 'no agent answers',
    code: 1,
    id: 'TMP3222',
    run: async (flags) => await run(['status', '--address', '127.0.0.1:1', ...flags]),
  },
  { name: 'pod not found', code: 1, id: 'TMP3204', run: agentCase(fakeFacade, ['explain', 'pod', 'shop/nobody']) },
  { name: 'unknown command', code: 2, id: 'TMP3221', run: async (flags) => await run(['stats', ...flags]) },
  { name: 'no command', code: 2, id: 'TMP3221', run: async (flags) => await run([...flags]) },
  { name: 'no agent named', code: 2, id: 'TMP3221', run: async (flags) => await run(['status', ...flags]) },
  {
    name: 'no such tier',
    code: 2,
    id: 'TMP3221',
    run: async (flags) => await run(['qos', 'set', 'shop/cart-0', 'system', ...flags]),
  },
  { name: 'degraded', code: 3, id: null, run: agentCase(word('degraded'), ['status']) },
  { name: 'unsupported', code: 3, id: null, run: agentCase(word('unsupported'), ['check']) },
  {
    name: 'a check failed',
    code: 3,
    id: null,
    run: agentCase(
      () => fakeFacade({ status: () => ({ ...STATUS, gate: { checks: [], refusal: 'no BTF' } }) }),
      ['check'],
    ),
  },
  {
    name: 'checks before an installation',
    code: 3,
    id: null,
    run: async (flags) => await run(['check', '--pre', ...flags]),
  },
  { name: 'not authenticated', code: 4, id: 'TMP3224', run: async (flags) => await refusedBy(401, flags) },
  { name: 'forbidden', code: 5, id: 'TMP3225', run: async (flags) => await refusedBy(403, flags) },
  {
    name: 'timed out',
    code: 6,
    id: 'TMP3226',
    run: async (flags) => {
      const { facade, begun } = hanging();
      const clock = new FakeClock(Date.now());
      const running = agentCase(() => facade, ['qos', 'set', 'shop/cart-0', 'high'], { clock })(flags);
      await begun;
      clock.advance(10_000);
      return await running;
    },
  },
  { name: 'blocked', code: 7, id: 'TMP3208', run: agentCase(() => refusing('TMP3208'), ['scheduler', 'reload']) },
  { name: 'another agent', code: 7, id: 'TMP3209', run: agentCase(() => refusing('TMP3209'), ['scheduler', 'reload']) },
  {
    name: 'too many overrides',
    code: 7,
    id: 'TMP3205',
    run: agentCase(() => refusing('TMP3205'), ['scheduler', 'reload']),
  },
  {
    name: 'interrupted',
    code: 130,
    id: 'TMP3227',
    run: async (flags) => {
      const { facade, begun } = hanging();
      const ctrlC = new AbortController();
      const running = agentCase(() => facade, ['qos', 'set', 'shop/cart-0', 'high'], { signal: ctrlC.signal })(flags);
      await begun;
      ctrlC.abort();
      return await running;
    },
  },
];

for (const { name, code, id, run: runCase } of CASES) {
  test(`exit ${code}: ${name}`, async () => {
    const table = await runCase(['-o', 'table']);
    const json = await runCase(['-o', 'json']);
    assert.deepEqual([table.code, json.code], [code, code], `${table.stderr}${json.stderr}`);
    if (id === null) {
      assert.notEqual(table.stdout, '');
      assert.equal(typeof JSON.parse(json.stdout).kind, 'string');
      assert.doesNotMatch(json.stderr, /error/);
      return;
    }
    assert.deepEqual([table.stdout, json.stdout], ['', '']);
    assert.match(table.stderr, new RegExp(`^error ${id}: .+\\n  .+\\n$`));
    const error = errorOf(json);
    assert.equal(error.id, id);
    assert.notEqual(error.remedy, '');
  });
}

test('safe-mode off, where another source still holds, prints both what holds and the error: 7', async () => {
  for (const form of ['table', 'json'] as const) {
    const facade = fakeFacade();
    facade.sources = ['node-annotation', 'host-file'];
    const ran = await withServed(facade, async (address) => await run(['safe-mode', 'off', '-o', form, ...address]));
    assert.equal(ran.code, 7);
    assert.match(ran.stdout, /node-annotation/);
    assert.match(ran.stderr, /TMP3212/);
  }
});

test('an unknown flag in any place is a usage error in the form that was asked for', async () => {
  for (const args of [
    ['-o', 'json', '--frobnicate'],
    ['status', '--frob', '--output=json'],
    ['-ojson', 'qos'],
  ]) {
    const ran = await run(args);
    assert.equal(ran.code, 2);
    assert.equal(errorOf(ran).id, 'TMP3221');
  }
});
