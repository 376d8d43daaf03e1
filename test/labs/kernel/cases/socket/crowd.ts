/** Many who are connected, and such as take their time. */
import assert from 'node:assert/strict';
import { capabilities } from '../../guest/members.ts';
import { connectRaw, type Raw } from '../../guest/raw-socket.ts';
import type { Ctx } from '../../runner/case.ts';
import { stats } from './fuzz.ts';
import type { Watched } from './watched.ts';

const CROWD = 1_000;
const SLOW = 20;
const LETTER_MS = 20;
const UNREAD = 2_000;
/** One who asks properly meanwhile. */
const ANSWER_MS = 2_000;
const ASKED = `${stats({ target: 'members' })}\n`;

/** All connected at once; each then asks, or is told that it may not by a closed connection. */
export async function crowd(ctx: Ctx, watched: Watched): Promise<void> {
  const settled = await Promise.allSettled(Array.from({ length: CROWD }, () => connectRaw()));
  const raws = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  ctx.figure('threads of the scheduler with all of them', watched.threads(), '');
  const answers = await Promise.all(raws.map(answerOf));
  ctx.figure('connected at once', raws.length, `of ${CROWD}`);
  ctx.figure('answered of those', answers.filter((answer) => answer !== null).length, `of ${raws.length}`);
  for (const raw of raws) raw.close();
}

async function answerOf(raw: Raw): Promise<string | null> {
  await raw.send(ASKED);
  return await raw.line();
}

/** A question, and nothing after it: the answer comes, then the end. One that is cut off is answered as it is. */
export async function halfClosed(): Promise<void> {
  for (const [text, errno] of [
    [ASKED, 0],
    [ASKED.slice(0, 20), 22],
  ] as const) {
    const raw = await connectRaw();
    await raw.send(text);
    raw.half();
    const answer = await raw.line();
    assert.equal(JSON.parse(answer ?? '{}').errno, errno, `${text}: ${answer}`);
    assert.equal(await raw.line(), null, 'then it is closed');
    raw.close();
  }
  const mute = await connectRaw();
  mute.half();
  assert.equal(await mute.line(), null);
  mute.close();
}

/** Letter by letter, and such as never read an answer: who asks properly is not held up by them. */
export async function slow(ctx: Ctx): Promise<void> {
  const raws = await Promise.all(Array.from({ length: SLOW }, () => connectRaw()));
  const deaf = await connectRaw();
  void deaf.send(ASKED.repeat(UNREAD));
  const begun = performance.now();
  let worst = 0;
  for (const letter of ASKED) {
    for (const raw of raws) await raw.send(letter);
    await new Promise((resolve) => setTimeout(resolve, LETTER_MS));
    const asked = performance.now();
    assert.ok((await capabilities()) !== null);
    worst = Math.max(worst, performance.now() - asked);
  }
  ctx.log(`letters took ${Math.round(performance.now() - begun)} ms`);
  ctx.figure('an answer beside slow ones, at worst', Math.round(worst), 'ms');
  assert.ok(worst <= ANSWER_MS, `answered after ${worst} ms`);
  for (const raw of raws) {
    assert.equal(JSON.parse((await raw.line()) ?? '{}').errno, 0, 'slow ones are answered in the end');
    raw.close();
  }
  deaf.close();
}
