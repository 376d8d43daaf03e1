import { readFileSync } from 'node:fs';

/** The flags of Node that a program names in its first line. */
export function nodeFlagsOf(program: string): string[] {
  return /^#!.* node (.+)$/m.exec(readFileSync(program, 'utf8').slice(0, 200))?.[1]?.split(' ') ?? [];
}
