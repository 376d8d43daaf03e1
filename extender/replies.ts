import { type ErrorId, errorBody } from '../src/model/errors.ts';
import type { FilterAnswer } from './answer-filter.ts';
import type { ExtenderArgs } from './args.ts';

/** kube-scheduler's ExtenderFilterResult, in the form that was asked for. */
export function filterReply(answer: FilterAnswer): string {
  if (!answer.ok) return filterError(answer.error, answer.problem);
  try {
    return JSON.stringify({
      ...nodesReply(answer.args, answer.passed),
      FailedNodes: Object.fromEntries(answer.failed),
      FailedAndUnresolvableNodes: {},
      Error: '',
    });
  } catch {
    // Node objects are echoed as they came, and what JSON.parse reads can be too deep or too long to be written.
    return filterError('TMP2005', 'Nodes cannot be written back');
  }
}

function nodesReply({ nodes }: ExtenderArgs, passed: readonly string[]) {
  if (nodes === null) return { Nodes: null, NodeNames: passed };
  return { Nodes: { ...nodes.list, items: passed.map((name) => nodes.byName.get(name)) }, NodeNames: null };
}

/** With `Error` set the scheduler goes on without us (`ignorable: true`) or tries the pod again. */
function filterError(id: ErrorId, detail: string): string {
  return JSON.stringify({
    Nodes: null,
    NodeNames: null,
    FailedNodes: {},
    FailedAndUnresolvableNodes: {},
    Error: errorBody(id, detail).error.message,
  });
}
