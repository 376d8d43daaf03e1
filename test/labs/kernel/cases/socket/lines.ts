/** Lines that nobody should send: each is answered or its connection closed, and nothing else happens. */
import assert from 'node:assert/strict';
import { seeded } from '../../../../standin/seeded.ts';
import { connectRaw } from '../../guest/raw-socket.ts';
import type { Ctx } from '../../runner/case.ts';
import { damaged, stats } from './fuzz.ts';

const FUZZED = 400;
const FUZZED_LONG = 5_000;
const LONG_LINE = 10 * 1024 * 1024;
const DEPTH = 100_000;

const WRONG: readonly string[] = [
  '',
  ' ',
  'null',
  '0',
  '[]',
  '{}',
  '{"req":null}',
  '{"req":7}',
  '{"req":"nothing"}',
  '{"req":"stats","args":[]}',
  '{"req":"stats","args":{"target":7}}',
  '{"req":"stats","args":{"target":null}}',
  stats({ target: '' }),
  stats({ target: 'nothing' }),
  stats({ target: '../../etc/passwd' }),
  stats({ target: 'top\0' }),
  stats({ target: 'members', changes: '[null]' }),
  stats({ target: 'members', changes: `[{"cgroup":"${'9'.repeat(1_000)}","layer":"other"}]` }),
  stats({ target: 'members', changes: '[{"cgroup":"-1","layer":"other"}]' }),
  stats({ target: 'members', changes: '[{"cgroup":"\\u0000","layer":"other"}]' }),
  stats({ target: 'members', changes: `[{"cgroup":"4711","layer":"${'other'.repeat(1_000)}"}]` }),
  stats({ target: 'members', changes: '['.repeat(DEPTH) }),
  stats({ target: 'layers', changes: '[{"layer":"nobody","weight":1}]' }),
  stats({ target: 'layers', changes: '[{"layer":"rest","weight":-1}]' }),
  stats({ target: 'layers', changes: '[{"layer":"rest","weight":1e999}]' }),
  stats({ target: 'layers', changes: '[{"layer":"rest","weight":200,"name":"other"}]' }),
  stats({ target: 'layers', changes: '[{"layer":"rest","weight":200},{"layer":"rest","cpus_range":[9,1]}]' }),
  stats({ target: 'threads', tids: '[-1]' }),
  stats({ target: 'threads', tids: '[0,1e99]' }),
  stats({ target: 'threads', tids: '[[1]]' }),
  stats({ target: 'threads', tids: `[${'1,'.repeat(5_000)}1]` }),
  '['.repeat(DEPTH),
  `{"req":"stats","args":${'{"a":'.repeat(DEPTH)}`,
  '\0'.repeat(1_000),
];

/** All on one connection: one that is answered goes on. */
export async function wrong(): Promise<void> {
  const raw = await connectRaw();
  for (const line of WRONG) {
    await raw.send(`${line}\n`);
    const answer = await raw.line();
    const { errno, args } = JSON.parse(answer ?? '{}') as { errno?: number; args?: { resp?: unknown } };
    const isRefused = errno === 22 || nothingApplied(args?.resp);
    assert.ok(isRefused, `${line.slice(0, 80)}: ${answer?.slice(0, 300)}`);
  }
  raw.close();
}

/** What is understood as a request may be refused piece by piece. */
function nothingApplied(resp: unknown): boolean {
  const { applied, threads } = (resp ?? {}) as { applied?: number; threads?: ReadonlyArray<object> };
  return applied === 0 || threads?.every((thread) => 'why' in thread) === true;
}

/** Bytes that are no text end their connection, as the next line cannot be told from them. */
export async function fuzzed(ctx: Ctx): Promise<void> {
  const random = seeded(ctx.seed);
  const count = ctx.long ? FUZZED_LONG : FUZZED;
  const came = { answered: 0, closed: 0 };
  let raw = await connectRaw();
  for (let done = 0; done < count; done++) {
    const line = damaged(random);
    await raw.send(Buffer.concat([line, Buffer.from('\n')]));
    const answer = await raw.line();
    if (answer === null) {
      came.closed++;
      raw.close();
      raw = await connectRaw();
    } else {
      came.answered++;
      assert.equal(
        typeof JSON.parse(answer).errno,
        'number',
        `seed ${ctx.seed}: ${line.toString('latin1')}: ${answer}`,
      );
    }
  }
  raw.close();
  ctx.figure('damaged requests that were answered', came.answered, `of ${count}`);
  assert.equal(came.answered + came.closed, count);
  assert.ok(came.answered > count / 2, 'most are text, and answered');
}

/** Whole, as a change, and without an end. */
export async function endless(): Promise<void> {
  const filler = 'x'.repeat(LONG_LINE);
  const changes = `[${'{"cgroup":"4711","layer":"nobody"},'.repeat(LONG_LINE / 35)}null]`;
  for (const line of [stats({ target: filler }), stats({ target: 'members', changes }), filler]) {
    const raw = await connectRaw();
    await raw.send(line);
    await raw.send('\n');
    const answer = await raw.line();
    assert.ok(answer === null || (JSON.parse(answer) as { errno: number }).errno === 22, answer?.slice(0, 300));
    raw.close();
  }
  const raw = await connectRaw();
  await raw.send(filler);
  raw.close();
}
