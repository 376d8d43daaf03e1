/** The door of `agent/safemode/`: the four sources of safe mode. */

export const SAFE_MODE_SOURCES = ['node-annotation', 'namespace-annotation', 'host-file', 'not-read-yet'] as const;

/** gRPC `SetSafeMode` writes or removes the host file, so it has no source of its own. */
export type SafeModeSource = (typeof SAFE_MODE_SOURCES)[number];

export interface SafeMode {
  /** All that hold now; the node stays on stock while there is one. */
  readonly sources: readonly SafeModeSource[];
  /** For the status, e.g. `asked for by the annotation of the node`; null where none holds. */
  readonly reason: string | null;
}
