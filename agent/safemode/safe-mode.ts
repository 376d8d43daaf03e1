/** The door of `agent/safemode/`: the four sources of safe mode. */

import type { TemperError } from '../../src/model/errors.ts';
import type { NodeFacts } from './node-facts.ts';

/** `held-in-memory`: asked for by gRPC while the host file could not be written. */
export const SAFE_MODE_SOURCES = [
  'node-annotation',
  'namespace-annotation',
  'host-file',
  'held-in-memory',
  'not-read-yet',
] as const;

/** gRPC `SetSafeMode` writes or removes the host file, so it has no source of its own. */
export type SafeModeSource = (typeof SAFE_MODE_SOURCES)[number];

export interface SafeMode {
  /** All that hold now; the node stays on stock while there is one. */
  readonly sources: readonly SafeModeSource[];
  /** For the status, e.g. `asked for by the annotation of the node`; null where none holds. */
  readonly reason: string | null;
}

/** What became of a call of `set`. */
export interface SafeModeAnswer {
  /** What holds now: after `off` it names what nobody but its owner can take back. */
  readonly safeMode: SafeMode;
  /** Why the host file could not be written or removed; the node stands down all the same. Null where it could. */
  readonly problem: TemperError | null;
}

export interface SafeModeSwitch {
  readonly safeMode: SafeMode;
  /** What the Node said last; null until it was read once. */
  readonly node: NodeFacts | null;
  /** Looks at the host file at once and begins to watch all sources; to be called once. */
  start(): void;
  /** Ends every watch and timer. */
  stop(): Promise<void>;
  /** Writes or removes the host file. Never throws, and needs neither the API server nor a disk to stand down. */
  set(on: boolean): SafeModeAnswer;
  /** Calls `listener` after each change of `safeMode`, at once. */
  subscribe(listener: (safeMode: SafeMode) => void): void;
  /** Calls `listener` each time the Node was seen, changed or not. */
  subscribeNode(listener: (node: NodeFacts) => void): void;
}
