import { closeSync, constants, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';

/** A small file of the host, or why there is none. `absent` and `unreadable` are told apart: they mean different things. */
export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'absent' }
  | { readonly kind: 'unreadable'; readonly why: string };

export type FileBytes = { readonly kind: 'bytes'; readonly bytes: Buffer } | Exclude<FileText, { kind: 'text' }>;

/** Files of procfs and sysfs are a page or less; larger ones are asked for with a limit of their own. */
const SMALL = 64 * 1024;
const PAGE = 4096;

/** Whatever lies at the path, opening it must not wait: a FIFO would, for a writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** Of `readTextSync`, which nothing interrupts: one for all files, and one byte more than may be read. */
const scratch = Buffer.alloc(SMALL + 1);

/** @param limit in bytes; a larger file is unreadable. Never throws. */
export async function readBytes(path: string, limit: number): Promise<FileBytes> {
  try {
    await using file = await open(path, FLAGS);
    const chunks: Buffer[] = [];
    for (let size = 0; ; ) {
      const { bytesRead, buffer } = await file.read(Buffer.allocUnsafe(limit > SMALL ? SMALL : PAGE));
      if (bytesRead === 0) return { kind: 'bytes', bytes: Buffer.concat(chunks) };
      size += bytesRead;
      if (size > limit) return tooLarge(limit);
      chunks.push(buffer.subarray(0, bytesRead));
    }
  } catch (error) {
    return failure(error);
  }
}

/** The text without white space at its ends. Never throws. */
export async function readText(path: string, limit = SMALL): Promise<FileText> {
  const read = await readBytes(path, limit);
  return read.kind === 'bytes' ? { kind: 'text', text: read.bytes.toString('utf8').trim() } : read;
}

/**
 * As `readText`, at once: hundreds of files of sysfs cost a tenth of what they cost through the thread pool, and none
 * of them waits for a device.
 */
export function readTextSync(path: string): FileText {
  let file: number | null = null;
  try {
    file = openSync(path, FLAGS);
    let size = 0;
    for (;;) {
      const read = readSync(file, scratch, size, scratch.length - size, null);
      size += read;
      if (size > SMALL) return tooLarge(SMALL);
      if (read === 0) return { kind: 'text', text: scratch.toString('utf8', 0, size).trim() };
    }
  } catch (error) {
    return failure(error);
  } finally {
    if (file !== null) closeSync(file);
  }
}

/** What an error of the file system means. */
export function failure(error: unknown): Exclude<FileText, { kind: 'text' }> {
  const code = errorCode(error);
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'absent' };
  return { kind: 'unreadable', why: code === null ? String(error) : (WORDS[code] ?? code) };
}

const WORDS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EPERM: 'operation not permitted',
  EISDIR: 'it is a directory',
  EMFILE: 'too many open files',
  ENFILE: 'too many open files',
  EROFS: 'the file system is read-only',
  ENOSPC: 'no space left',
};

function errorCode(error: unknown): string | null {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
}

function tooLarge(limit: number): FileText & { kind: 'unreadable' } {
  return { kind: 'unreadable', why: `it is larger than ${limit} bytes` };
}
