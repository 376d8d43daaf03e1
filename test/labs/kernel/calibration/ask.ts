import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';

const SILENCE_MS = 10_000;

/** Says these lines on one connection to a statistics socket, each after the answer to the one before. */
export async function converse(path: string, lines: readonly string[]): Promise<string[]> {
  const socket = createConnection(path);
  socket.setTimeout(SILENCE_MS, () => socket.destroy(new Error('the statistics socket is silent')));
  const answers: string[] = [];
  try {
    const heard = createInterface({ input: socket })[Symbol.asyncIterator]();
    for (const line of lines) {
      socket.write(`${line}\n`);
      const { value, done } = await heard.next();
      if (done) throw new Error(`the connection ended at ${line}`);
      answers.push(value);
    }
    return answers;
  } finally {
    socket.destroy();
  }
}
