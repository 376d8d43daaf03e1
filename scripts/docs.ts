// Writes the pages of docs/reference/ that follow from tables in the code.
import { writeFileSync } from 'node:fs';
import { PAGES } from './reference/pages.ts';

for (const [path, render] of PAGES) {
  writeFileSync(path, render());
  console.error(`wrote ${path}`);
}
