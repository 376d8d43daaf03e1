// To be imported before a program (`node --import`): its wall clock is off by what a file says, read anew in short
// intervals. Timers and `performance.now` go on as they are, as they do when NTP or an operator sets the clock.
//   CLOCK_OFFSET_FILE   a file with milliseconds, positive or negative; what is in force is written to FILE.seen
import { readFileSync, writeFileSync } from 'node:fs';

const READ_MS = 20;
const file = process.env['CLOCK_OFFSET_FILE'] ?? '';
const real = Date.now;
let offset = 0;

const look = (): void => {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return;
  }
  if (Number(text) === offset) return;
  offset = Number(text);
  writeFileSync(`${file}.seen`, text);
};
look();
setInterval(look, READ_MS).unref();
Date.now = () => real() + offset;
