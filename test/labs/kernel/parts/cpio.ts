// The archive format of an initial RAM disk ("newc", kernel: Documentation/driver-api/early-userspace/buffer-format.rst),
// written here because no program is needed for it, no root, and device nodes and owners are what we say.
import { closeSync, openSync, readFileSync, writeSync } from 'node:fs';

export type Entry =
  | { readonly path: string; readonly kind: 'folder' }
  | { readonly path: string; readonly kind: 'link'; readonly target: string }
  | { readonly path: string; readonly kind: 'file'; readonly content: Buffer | string; readonly executable?: boolean }
  /** Read when it is written into the archive: binaries of 100 MB need not all be in memory. */
  | { readonly path: string; readonly kind: 'copy'; readonly source: string; readonly executable?: boolean };

const MODE = { folder: 0o040755, link: 0o120777, file: 0o100644, copy: 0o100644 };
const EXECUTABLE = 0o111;
/** The kernel goes on with a next archive only after zeros up to such a border. */
const BLOCK = 512;

/** Appends an archive of these entries, and of the folders they need, to a file that may hold archives already. */
export function appendArchive(file: string, entries: readonly Entry[]): void {
  const handle = openSync(file, 'a');
  let written = 0;
  const write = (bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
    written += bytes.length;
  };
  try {
    let inode = 1;
    for (const entry of withFolders(entries)) for (const part of packed(entry, inode++)) write(part);
    for (const part of packed({ path: 'TRAILER!!!', kind: 'file', content: '' }, 0)) write(part);
    write(zeros(written, BLOCK));
  } finally {
    closeSync(handle);
  }
}

/** Each folder above an entry, once and before it; paths begin without a slash. */
export function withFolders(entries: readonly Entry[]): Entry[] {
  const all = new Map<string, Entry>();
  for (const entry of entries) {
    const parts = entry.path.split('/');
    for (let depth = 1; depth < parts.length; depth++) {
      const path = parts.slice(0, depth).join('/');
      if (!all.has(path)) all.set(path, { path, kind: 'folder' });
    }
    all.set(entry.path, entry);
  }
  return [...all.values()];
}

function packed(entry: Entry, inode: number): Buffer[] {
  const data = dataOf(entry);
  const name = Buffer.from(`${entry.path}\0`);
  const executable = 'executable' in entry && entry.executable === true ? EXECUTABLE : 0;
  const fields = [inode, MODE[entry.kind] | executable, 0, 0, 1, 0, data.length, 0, 0, 0, 0, name.length, 0];
  const header = Buffer.from(`070701${fields.map((field) => field.toString(16).padStart(8, '0')).join('')}`);
  return [header, name, zeros(header.length + name.length, 4), data, zeros(data.length, 4)];
}

function dataOf(entry: Entry): Buffer {
  if (entry.kind === 'copy') return readFileSync(entry.source);
  if (entry.kind === 'link') return Buffer.from(entry.target);
  return entry.kind === 'file' ? Buffer.from(entry.content) : Buffer.alloc(0);
}

function zeros(length: number, border: number): Buffer {
  return Buffer.alloc((border - (length % border)) % border);
}
