import { randomBytes } from 'node:crypto';
import { chmodSync, linkSync, lstatSync, mkdirSync, readdirSync, rmSync, unlinkSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';

/** A socket that does not listen under its number yet. */
const DRAFT = /^new-[\da-f]{16}$/;
const NUMBER = /^[1-9]\d{0,14}$/;

/** More than so many agents that begin within the same moment are none of ours. */
const MAX_TRIES = 100;

/** Our place among the agents of the node. */
export interface Place {
  readonly number: number;
  /** Numbers before ours, the lowest first: agents that live, or that died and left their socket. */
  readonly ahead: readonly number[];
  readonly server: Server;
}

/**
 * Takes the next place in a folder that is ours alone: a socket that listens under the next number. It gets its number
 * only when it listens, by a link, which fails where the number is taken. So whoever has a number can be connected to
 * until it dies, nobody with a lower one can appear later, and no number is given twice while a higher one is there.
 *
 * @throws Error where the folder cannot be used
 */
export async function takePlace(folder: string, connected: (socket: Socket) => void): Promise<Place> {
  own(folder);
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const draft = join(folder, `new-${randomBytes(8).toString('hex')}`);
    const server = await listen(draft, connected);
    const number = publish(folder, draft);
    if (number !== null) return { number, ahead: numbersIn(folder).filter((other) => other < number), server };
    server.close();
  }
  throw new Error(`no place could be taken in ${folder}`);
}

export function socketOf(folder: string, number: number): string {
  return join(folder, String(number));
}

/** Where an agent that waits keeps the files of its scheduler: those of the run directory are the owner's. */
export function filesOf(folder: string, number: number): string {
  return join(folder, `${number}.files`);
}

/** Removes what one left that has died. The highest number stays, so that it is not given again; ours is higher. */
export function forget(folder: string, number: number): void {
  rmSync(socketOf(folder, number), { force: true });
  rmSync(filesOf(folder, number), { force: true, recursive: true });
}

/** Makes the folder, and makes it ours alone. */
function own(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const found = lstatSync(folder);
  if (!found.isDirectory()) throw new Error(`${folder} is no directory`);
  if (found.uid !== process.getuid?.()) throw new Error(`${folder} belongs to user ${found.uid}`);
  chmodSync(folder, 0o700);
}

function listen(path: string, connected: (socket: Socket) => void): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer(connected);
    server.once('error', reject);
    server.listen(path, () => {
      // Accepting may fail later, as without descriptors; whoever connected then still sees us live, and end.
      server.off('error', reject).on('error', () => {});
      resolve(server);
    });
  });
}

/** Gives the draft the next number; null where it was taken away, as what a dead agent left may be. */
function publish(folder: string, draft: string): number | null {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const number = Math.max(0, ...numbersIn(folder)) + 1;
    try {
      linkSync(draft, socketOf(folder, number));
      unlinkSync(draft);
      return number;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT') return null;
      if (code !== 'EEXIST') throw error;
    }
  }
  return null;
}

function numbersIn(folder: string): number[] {
  return readdirSync(folder)
    .filter((name) => NUMBER.test(name))
    .map(Number)
    .sort((a, b) => a - b);
}

/** Sockets of agents that died before they had a number. One that begins right now loses its own, and begins again. */
export function removeDrafts(folder: string): void {
  for (const name of readdirSync(folder)) if (DRAFT.test(name)) rmSync(join(folder, name), { force: true });
}
