// What the pages name exists: values, settings, metrics, alerts, errors, keys, and the places that links lead to.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { load } from 'js-yaml';
import { SETTINGS as AGENT } from '../../agent/config/settings.ts';
import { ERRORS } from '../../src/model/errors.ts';
import * as keys from '../../src/model/keys.ts';
import { SETTINGS as SERVICE } from '../../src/service/config/settings.ts';
import { METRICS } from '../../src/telemetry/metrics-table.ts';
import { pages } from './pages.ts';

/** Decisions tell of their time. */
const written = [...pages()].filter(([file]) => !file.startsWith('docs/decisions/'));

/** Each match of the pattern with its page. */
const found = (pattern: RegExp, all = written): Array<readonly [file: string, name: string]> =>
  all.flatMap(([file, page]) => [...page.matchAll(pattern)].map(([, name = '']) => [file, name] as const));

/** Every path in the values, mappings included. */
function paths(value: unknown, path = ''): string[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return [path];
  const below = Object.entries(value).flatMap(([key, child]) => paths(child, path === '' ? key : `${path}.${key}`));
  return path === '' ? below : [path, ...below];
}

test('values and settings that are named exist', () => {
  const values = paths(load(readFileSync('charts/temper/values.yaml', 'utf8')));
  const names = new Set([...values, ...Object.keys(AGENT), ...Object.keys(SERVICE)]);
  for (const name of [...names])
    for (const [at] of name.matchAll(/\./g)) names.add(name.slice(0, name.lastIndexOf(at)));
  const roots = new Set([...names].map((name) => name.split('.')[0]));
  // What ends in a suffix is a file; `status` and `spec` are no roots here.
  const named = found(/`([a-z]\w*(?:\.[a-zA-Z]\w*)+)(?:[:=][^`]*)?`/g).filter(
    ([, name]) => roots.has(name.split('.')[0]) && !/\.(ts|md|yaml|js|mjs|proto)$/.test(name),
  );
  assert.ok(named.length > 100);
  for (const [file, name] of named) assert.ok(names.has(name), `${file}: ${name}`);
});

test('metrics that are named exist', () => {
  const suffixes = /_(sum|count|bucket)$/;
  for (const [file, name] of found(/`(temper_\w+)/g)) {
    assert.ok(name in METRICS || name.replace(suffixes, '') in METRICS || name.endsWith('_'), `${file}: ${name}`);
  }
});

test('alerts that are named exist', () => {
  const alerts = readFileSync('charts/temper/alerts.yaml', 'utf8');
  for (const [file, name] of found(/`(Temper[A-Z]\w+)`/g))
    assert.ok(alerts.includes(`alert: ${name}\n`), `${file}: ${name}`);
});

test('every alert has something to look at', () => {
  const [, page = ''] = written.find(([file]) => file.endsWith('troubleshoot.md')) ?? [];
  for (const [, name] of readFileSync('charts/temper/alerts.yaml', 'utf8').matchAll(/alert: (\w+)/g))
    assert.ok(page.includes(`\`${name}\``), name);
});

test('labels and annotations that are named exist', () => {
  const known = new Set<string>(Object.values(keys));
  for (const [file, name] of found(/(?<![\w.])(temper\.codes\/[a-z-]*[a-z])/g))
    assert.ok(known.has(name), `${file}: ${name}`);
});

test('errors that are named exist', () => {
  for (const [file, id] of found(/\b(TMP\d{4})\b/g)) assert.ok(id in ERRORS, `${file}: ${id}`);
});

test('every error is one that something gives', () => {
  const given = globSync('{src,agent,webhooks,extender}/**/*.ts')
    .filter((file) => file !== 'src/model/errors.ts')
    .flatMap((file) => readFileSync(file, 'utf8').match(/'TMP\d{4}'|ERRORS\.TMP\d{4}/g) ?? []);
  const ids = new Set(given.map((text) => text.replaceAll(/ERRORS\.|'/g, '')));
  assert.deepEqual([...ids].sort(), Object.keys(ERRORS).sort());
});

test('every error has a symptom that leads to it', () => {
  const [, page = ''] = written.find(([file]) => file.endsWith('troubleshoot.md')) ?? [];
  const [text = ''] = page.split(/^\[TMP/m);
  for (const id of Object.keys(ERRORS)) assert.ok(text.includes(`[${id}]`), id);
});

/** As the forge makes them of headings. */
function anchorsOf(page: string): Set<string> {
  const headings = [...page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/^#+ (.*)$/gm)].map(([, text = '']) =>
    text
      .replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .trim()
      .replaceAll(' ', '-'),
  );
  return new Set(headings);
}

/** Pages of the documentation and all others of the repository, decisions and records among them. */
const everyPage = globSync('{*.md,{bench,charts,docs,images,patches,test}/**/*.md}').map(
  (file) => [file, readFileSync(file, 'utf8')] as const,
);

test('links within the repository lead to a file, and to a heading where they name one', () => {
  const links = everyPage.flatMap(([file, page]) =>
    [...page.replaceAll(/^```[\s\S]*?^```/gm, '').matchAll(/(?:\]\(|^\[\w+\]: )([^)\s#]*)(?:#([^)\s]+))?/gm)].map(
      ([, path = '', anchor]) => ({ file, path, anchor }),
    ),
  );
  const within = links.filter(({ path }) => !/^[a-z]+:/.test(path));
  assert.ok(within.length > 400);
  for (const { file, path, anchor } of within) {
    const target = path === '' ? file : join(dirname(file), path);
    assert.ok(existsSync(target), `${file}: ${path}`);
    if (anchor === undefined || !target.endsWith('.md')) continue;
    assert.ok(anchorsOf(readFileSync(target, 'utf8')).has(anchor), `${file}: ${path}#${anchor}`);
  }
});

test('pages that programs and the chart name are there', () => {
  const speaking = globSync('{src,agent,webhooks,extender}/**/*.ts').concat(
    globSync('charts/temper/**/*.{txt,yaml,tpl}'),
  );
  const named = speaking.flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/\bdocs\/[\w/-]+\.md\b/g)].map(([page]) => [file, page] as const),
  );
  assert.ok(named.length > 20);
  for (const [file, page] of named) assert.ok(existsSync(page), `${file}: ${page}`);
});
