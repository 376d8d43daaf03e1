// docs/reference/cli.md names what the program has, and nothing else.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Command } from 'commander';
import { EXIT } from '../../src/cli/exit.ts';
import { createProgram } from '../../src/cli/program.ts';
import { FakeClock } from '../support/fake-clock.ts';

const [, page = ''] = readFileSync('docs/reference/cli.md', 'utf8').split('## temper-cli, kubectl temper');

const nowhere = { write: () => {}, isTerminal: false };
const program = createProgram(
  'temper-cli',
  {
    program: 'temper-cli',
    env: {},
    stdout: nowhere,
    stderr: nowhere,
    signal: new AbortController().signal,
    clock: new FakeClock(),
    root: '/nonexistent',
  },
  () => {},
);

function leaves(command: Command, path: readonly string[] = []): string[] {
  if (command.commands.length === 0) return [path.join(' ')];
  return command.commands.flatMap((child) => leaves(child as Command, [...path, child.name()]));
}

/** First cells of the rows that begin with code. */
const named = [...page.matchAll(/^\| `([^`]+)`/gm)].map((match) => match[1] ?? '');

test('every command is there, and no other', () => {
  const commands = named
    .filter((cell) => /^[a-z]/.test(cell))
    .map((cell) => cell.replace(/ (?:--|\[?[A-Z]|bash).*$/, ''));
  assert.deepEqual([...new Set(commands)].sort(), leaves(program).sort());
});

test('every flag is there', () => {
  for (const { long } of [...program.options, ...program.commands.flatMap((command) => command.options)]) {
    assert.ok(
      page.includes(`\`${long}`) || page.includes(`, \`${long} `) || page.includes(`${long}\``),
      `${long} is missing`,
    );
  }
});

test('every exit code is there, and no other', () => {
  const codes = [...page.matchAll(/^\| (\d+) \|/gm)].map((match) => Number(match[1]));
  assert.deepEqual(
    codes,
    Object.values(EXIT).sort((a, b) => a - b),
  );
});
