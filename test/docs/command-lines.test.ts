// Each command of the documentation has verbs, flags and values that exist.
import assert from 'node:assert/strict';
import { globSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { wrongIn } from './command-lines.ts';
import { blocks } from './pages.ts';
import { commandsOf } from './shell.ts';

test('shell blocks are taken apart as a shell does', () => {
  const text = `a -b "c $(d e | f "g")" 'h i' # no\nX=1 j \\\n  k=1 && l || m "n\no"\n`;
  assert.deepEqual(commandsOf(text), [
    ['d', 'e'],
    ['f', 'g'],
    ['a', '-b', 'c $…', 'h i'],
    ['X=1', 'j', 'k=1'],
    ['l'],
    ['m', 'n\no'],
  ]);
});

test('what does not exist is found', async () => {
  const wrong = [
    'helm upgrade temper charts/temper --namespace temper --set webhook.percentag=5',
    'helm upgrade temper charts/temper --namespace temper --set webhook.percentage=500',
    'helm upgrade temper charts/temper --namespace temper --set agent.canary.image.tag=x --atomic',
    'helm upgrade other charts/temper',
    'helm upgrade temper charts/other',
    'helm sign temper',
    'kubectl annotate node --everywhere a=b',
    'kubectl restart temper',
    'kubectl temper status --nod a',
    'temper-cli safe-mode maybe --node worker-1',
    'temper-cli check --pree',
    'npm run clii',
    'npm run cli -- qos set a',
    'npm start -- --webhook-enable',
    'kubeadm init',
  ];
  for (const command of wrong) {
    const [words = []] = commandsOf(command);
    assert.notEqual(await wrongIn(words), '', command);
  }
});

for (const { file, language, text } of blocks()) {
  if (language !== 'sh') continue;
  test(`${file}: ${text.split('\n')[0]}`, async () => {
    for (const words of commandsOf(text)) assert.equal(await wrongIn(words), '', words.join(' '));
  });
}

/** Everything that the chart makes, whatever is switched on, by its name. */
const made = new Set(
  globSync('test/charts/golden/*.yaml').flatMap((file) =>
    [...readFileSync(file, 'utf8').matchAll(/^ {2}name: (temper\S*)/gm)].map(([, name = '']) => name),
  ),
);
const NO_OBJECTS = /^temper-(cli|canary)$/;

test('names of objects in commands are those that the chart gives', () => {
  assert.ok(made.has('temper-control') && made.has('temper-agent-canary'));
  for (const { file, language, text } of blocks()) {
    if (language !== 'sh') continue;
    for (const [name] of text.matchAll(/\btemper-[a-z][a-z-]*/g)) {
      assert.ok(made.has(name) || NO_OBJECTS.test(name) || file.startsWith('images/'), `${file}: ${name}`);
    }
  }
});
