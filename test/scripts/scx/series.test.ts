import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ScxError, type ScxErrorId } from '../../../scripts/scx/errors.ts';
import { parseSeries, sameNames } from '../../../scripts/scx/series.ts';
import { refusedAs } from './refused.ts';

const refused = (text: string, words: RegExp, id: ScxErrorId = 'SCX01'): void =>
  assert.throws(() => parseSeries(text), refusedAs(id, words));

test('a series has names, comments and empty lines, and may have nothing', () => {
  const text = '# a comment\n0001-live-membership.patch\n\n0002-numbers.patch # why\n  0010-last.patch  \n';
  assert.deepEqual(parseSeries(text), ['0001-live-membership.patch', '0002-numbers.patch', '0010-last.patch']);
  assert.deepEqual(parseSeries('# nothing yet\n'), []);
  assert.deepEqual(parseSeries(''), []);
});

test('what is not a name is refused with its line, also options of quilt and ways out of the folder', () => {
  refused('0001-a.patch\n0002-b.patch -p2\n', /line 2, "0002-b.patch -p2": not a name/);
  refused('../0001-a.patch\n', /line 1/);
  refused('0001-a.diff\n', /line 1/);
  refused('0001-a#b.patch\n', /line 1/);
});

test('a name comes once, and after those with smaller numbers', () => {
  refused('0001-a.patch\n0001-a.patch\n', /line 2.*does not come after 0001-a/);
  refused('0001-a.patch\n0001-b.patch\n', /line 2/);
  refused('0002-a.patch\n0001-b.patch\n', /line 2, "0001-b.patch": does not come after 0002-a.patch/);
});

test('the series and the folder have the same patches', () => {
  sameNames(['0001-a.patch'], ['0001-a.patch']);
  sameNames([], []);
  assert.throws(
    () => sameNames(['0001-a.patch', '0002-b.patch'], ['0001-a.patch', '0003-c.patch']),
    (error) =>
      error instanceof ScxError && /0002-b.patch is not there, 0003-c.patch is not in the series/.test(error.message),
  );
});
