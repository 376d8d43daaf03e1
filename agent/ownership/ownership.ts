/** The door of `agent/ownership/`: which of the agents on a node has its scheduler and its annotations. */

/**
 * Where an agent stands. `waits`: another one is before it. `owns`: it alone starts schedulers and writes the Node.
 * `ending`: it still has its scheduler, ends it, and starts none any more. `released`: it has none.
 */
export const STAGES = ['waits', 'owns', 'ending', 'released'] as const;

export type Stage = (typeof STAGES)[number];

/** What an agent tells the others of itself. */
export interface Told {
  readonly stage: Stage;
  /** Of its scheduler; a word that a newer agent may have and we do not know is possible. */
  readonly phase: string;
}

export interface Ownership {
  readonly stage: Stage;
  /** The latest word of the agent that we wait for; null while it has said none, and where we wait for nobody. */
  readonly ahead: Told | null;
  /** Whether the one that we waited for has released the node itself; else it died. */
  readonly wasHandedOver: boolean;
  /** Calls `listener` after each change of the above. */
  subscribe(listener: () => void): void;
  /** Tells the others the phase of our scheduler. */
  tell(phase: string): void;
  /** Says that our scheduler is about to end, for good. */
  end(): void;
  /** Says that it is gone. Resolves with whether another agent has the node now. */
  release(): Promise<boolean>;
  close(): void;
}
