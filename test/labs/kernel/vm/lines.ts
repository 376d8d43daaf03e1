import { StringDecoder } from 'node:string_decoder';

/** Cuts what comes in pieces into lines; the piece after the last line end waits for its own. */
export function lineReader(each: (line: string) => unknown): (chunk: Buffer) => void {
  const decoder = new StringDecoder('utf8');
  let rest = '';
  return (chunk) => {
    const lines = (rest + decoder.write(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) each(line.replace(/\r$/, ''));
  };
}
