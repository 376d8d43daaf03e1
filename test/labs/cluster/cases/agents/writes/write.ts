/** What paths and bodies are made of. */
export interface Scene {
  /** The Node of the agent's pod, and another one. */
  readonly own: string;
  readonly other: string;
  /** Of the release. */
  readonly namespace: string;
  readonly account: string;
  /** Of the agent, by its name. */
  readonly pod: string;
}

export interface Request {
  readonly method: 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  readonly path: string;
  readonly body?: object;
  readonly contentType?: string;
  readonly query?: Readonly<Record<string, string>>;
}

/** One write that an agent's token is tried with. docs/reference/rbac.md has the same table. */
export interface Write {
  readonly what: string;
  readonly answer: Answer;
  readonly ask: (scene: Scene) => Request;
}

/** What the API server says; what a policy refuses, it refuses in these words. */
export const ANSWERS = {
  taken: 'taken',
  notGranted: 'not granted',
  ownNode: 'an agent of temper may write to its own Node only',
  spec: 'an agent of temper may not change the spec of a Node',
  metadata: 'an agent of temper may not change labels, finalizers or owners of a Node',
  annotations: 'an agent of temper may only change the annotations that are its own',
  event: 'an agent of temper may write Events about its own Node only',
  immutable: 'field is immutable',
} as const;
export type Answer = keyof typeof ANSWERS;

export type Row = readonly [what: string, ask: Write['ask']];

export function writes(answer: Answer, rows: readonly Row[]): Write[] {
  return rows.map(([what, ask]) => ({ what, answer, ask }));
}

export const create = (path: string, body: object = {}): Request => ({ method: 'POST', path, body });
export const remove = (path: string): Request => ({ method: 'DELETE', path });
export const patch = (
  path: string,
  body: object = {},
  how: 'merge' | 'strategic-merge' | 'json' = 'merge',
): Request => ({
  method: 'PATCH',
  path,
  body,
  contentType: `application/${how}-patch+json`,
});
/** Server-side, whoever else owns the fields. */
export const apply = (path: string, body: object): Request => ({
  method: 'PATCH',
  path,
  query: { fieldManager: 'agent', force: 'true' },
  body,
  contentType: 'application/apply-patch+yaml',
});
