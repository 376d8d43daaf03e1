/** A part of a word, or what is between words. */
const TOKEN =
  /\\\n|\\(?<escaped>.)|'(?<single>[^']*)'|"(?<double>[^"]*)"|(?<end>[\n;|&]+)|(?<blank>[ \t]+)|(?<plain>.)/gs;
const COMMENT = /(?<=^|\s)#.*$/gm;
const SUBSTITUTION = /\$\(([^()]*)\)/g;

/**
 * The commands of a shell block as words, without running it: quotes, comments, pipes, lists and `$(…)`, whose commands come
 * first. Variables stay.
 */
export function commandsOf(text: string): string[][] {
  const inner = [...text.matchAll(SUBSTITUTION)].map(([, one = '']) => one);
  const commands = inner.flatMap(commandsOf);
  let words: string[] = [];
  let word: string | null = null;
  const endWord = (): void => {
    if (word !== null) words.push(word);
    word = null;
  };
  const endCommand = (): void => {
    endWord();
    if (words.length > 0) commands.push(words);
    words = [];
  };
  for (const { groups = {} } of text.replaceAll(SUBSTITUTION, '$…').replaceAll(COMMENT, '').matchAll(TOKEN)) {
    const { end, blank, escaped, single, double, plain } = groups;
    if (end !== undefined) endCommand();
    else if (blank !== undefined) endWord();
    else {
      const part = escaped ?? single ?? double ?? plain;
      if (part !== undefined) word = (word ?? '') + part;
    }
  }
  endCommand();
  return commands;
}
