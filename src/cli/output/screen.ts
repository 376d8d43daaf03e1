import type { TemperError } from '../../model/errors.ts';
import type { CliIo, Output } from '../io.ts';
import { paintFor } from './colour.ts';
import { type Form, jsonOf, type Result, showError } from './result.ts';
import { clean } from './table.ts';

/** Where a command shows the same thing again and again. */
export interface Screen {
  show(result: Result): void;
  /** What there was to show could not be had this time; what was shown last stays. */
  fail(error: TemperError): void;
}

/**
 * On a terminal the newest takes the place of the one before, cut at its height. Anywhere else each is a block
 * with its time above and an empty line below, and with JSON a line.
 */
export function screenFor(form: Form, io: CliIo, everyMs: number): Screen {
  const hints = hintsOnce(io);
  const time = (): string => new Date(io.clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const paint = paintFor(io.stdout, io.env);
  if (form === 'json') {
    return {
      show(result) {
        io.stdout.write(`${jsonOf(result)}\n`);
        hints(result);
      },
      fail: (error) => void showError(error, form, io),
    };
  }
  if (!io.stdout.isTerminal || io.env['TERM'] === 'dumb') {
    return {
      show(result) {
        io.stdout.write(`${time()}\n${result.text(paint)}\n`);
        hints(result);
      },
      fail: (error) => void showError(error, form, io),
    };
  }
  const draw = drawOn(io.stdout);
  let body = '';
  return {
    show({ text, hints: lines = [] }) {
      body = [text(paint), ...lines.map(clean)].join('');
      draw(`${time()}, every ${everyMs / 1000} s until Ctrl-C\n${body}`);
    },
    fail: (error) => draw(`${time()}, ${paint('red', 'out of date')}: ${clean(error.message)}\n${body}`),
  };
}

const CLEAR = '\u001b[2J';
const HOME = '\u001b[H';
const TO_END_OF_LINE = '\u001b[K';
const BELOW = '\u001b[J';
const DEFAULT_SIZE = { rows: 24, columns: 80 };

function drawOn(output: Output): (text: string) => void {
  let isFirst = true;
  return (text) => {
    const lines = cut(text.trimEnd().split('\n'), output.size?.() ?? DEFAULT_SIZE);
    const drawn = lines.map((line) => `${line}${TO_END_OF_LINE}\n`).join('');
    output.write(`${isFirst ? CLEAR : ''}${HOME}${drawn}${BELOW}`);
    isFirst = false;
  };
}

/** As many lines as there is room for, above the one that the cursor stays on. A long line takes several rows. */
function cut(lines: readonly string[], { rows, columns }: typeof DEFAULT_SIZE): string[] {
  const heights = lines.map((line) => Math.max(1, Math.ceil(visible(line) / Math.max(1, columns))));
  const room = Math.max(1, rows - 1);
  const total = heights.reduce((sum, height) => sum + height, 0);
  if (total <= room) return [...lines];
  let used = 1;
  let kept = 0;
  while (used + (heights[kept] ?? Number.POSITIVE_INFINITY) <= room) {
    used += heights[kept] ?? 0;
    kept += 1;
  }
  return [...lines.slice(0, kept), `${lines.length - kept} more lines`];
}

function visible(line: string): number {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours that this program itself has put there
  return [...line.replace(/\u001b\[\d+m/g, '')].length;
}

/** Hints that come with every answer are told when they change. */
function hintsOnce(io: CliIo): (result: Result) => void {
  let told = '';
  return ({ hints = [] }) => {
    const text = hints.map((hint) => `${clean(hint)}\n`).join('');
    if (text !== told) io.stderr.write(text);
    told = text;
  };
}
