import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readHelp } from './binary.ts';

test('a scheduler has members where its help has the flag; what is no help is told', () => {
  const stock = '      --lo-fb-share <LO_FB_SHARE>\n              see --members\n';
  assert.equal(readHelp(stock), 'prefixes');
  assert.equal(readHelp(`${stock}      --members <MEMBERS>\n`), 'members');
  assert.throws(() => readHelp('cannot execute'), /no help of scx_layered: cannot execute/);
});
