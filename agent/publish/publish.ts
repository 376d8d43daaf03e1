/** The door of `agent/publish/`: what the agent says on its Node. */

import type { WriteOutcome } from '../../src/kube/write.ts';
import type { AgentAnnotations } from '../../src/model/agent-annotations.ts';
import type { TemperError } from '../../src/model/errors.ts';
import type { TierLoad } from '../../src/model/tier-load.ts';
import type { AgentStatus } from '../status.ts';

/** What the annotations are to say. */
export interface Wanted {
  readonly status: AgentStatus;
  readonly generation: number;
  /** `<product version>+scx.<scheduler version>`. */
  readonly version: string;
  /** Null where there are none; undefined leaves on the Node what is there, while it has not been read. */
  readonly qosOverrides: string | null | undefined;
  /** Null while it cannot be told. Its `at` does not count: it is set when it is written. */
  readonly load: TierLoad | null;
}

/** Why the annotations are written; for the log. */
export type PublishCause = 'first' | 'word' | 'detail' | 'load' | 'repair' | 'clock' | 'heartbeat';

/** Hears what becomes of it. Its functions must not throw. */
export interface PublishObserver {
  /** `detail` is empty where it went through. */
  patched(outcome: WriteOutcome['outcome'], cause: PublishCause, detail: string): void;
  /** Something that a person should mend: once when it begins. */
  problem(error: TemperError): void;
  /** The last problem is over. */
  recovered(): void;
}

export interface Publisher {
  /** The newest wish; older ones are forgotten. What is not written yet follows as soon as it may. */
  want(wanted: Wanted): void;
  /** What the Node says now, to put right what others changed. */
  observe(node: { readonly uid: string | undefined; readonly own: AgentAnnotations }): void;
  /** What the Node says of overrides by the last patch that went through; undefined where none has, or that is not known. */
  readonly qosOverrides: string | null | undefined;
  /** When the last patch went through, milliseconds since the epoch; null before the first. */
  readonly lastWrittenAt: number | null;
  /**
   * Writes what is new without waiting for its turn, unless the server asked to wait: for somebody who waits for it, and for the
   * agent's end.
   *
   * @param urgency `last` may be one patch more than the budget has. @default 'asked'
   * @returns whether all that is wanted is on the Node now
   */
  flush(urgency?: 'asked' | 'last'): Promise<boolean>;
  /** Writes nothing more; resolves when no patch is under way. */
  stop(): Promise<void>;
}
