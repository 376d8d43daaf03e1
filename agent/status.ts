/** Words of the node annotation `temper.codes/agent-status`. */
export const STATUS_WORDS = ['starting', 'enforcing', 'observing', 'safe-mode', 'unsupported', 'degraded'] as const;

export type StatusWord = (typeof STATUS_WORDS)[number];

export interface AgentStatus {
  readonly word: StatusWord;
  /** For people; null where the word says all. */
  readonly reason: string | null;
}

/** `WORD` or `WORD: reason`, as the annotation has it. */
export function statusText({ word, reason }: AgentStatus): string {
  return reason === null ? word : `${word}: ${reason}`;
}
