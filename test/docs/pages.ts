import { globSync, readFileSync } from 'node:fs';

export interface Block {
  readonly file: string;
  readonly language: string;
  /** What the comment above says: `<!-- test: … -->`; empty without one. */
  readonly test: string;
  readonly text: string;
}

/** Every page of the documentation that is written by hand or from tables, with its text. */
export function pages(): Map<string, string> {
  const beside = ['README.md', 'CONTRIBUTING.md', 'charts/temper/README.md', 'images/README.md'];
  const files = [...beside, ...globSync('docs/**/*.md').sort()];
  return new Map(files.map((file) => [file, readFileSync(file, 'utf8')]));
}

const FENCE = /(?:<!-- test: ([^>]*?) -->\n)?```(\w*)\n([\s\S]*?)```/g;

/** The fenced blocks of all pages. */
export function blocks(): Block[] {
  return [...pages()].flatMap(([file, page]) =>
    [...page.matchAll(FENCE)].map(([, test = '', language = '', text = '']) => ({ file, language, test, text })),
  );
}
