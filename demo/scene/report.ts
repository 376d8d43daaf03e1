import { table } from '../table.ts';
import type { Scene } from './play.ts';

/** For people: what was done to the nodes with real agents, and how long until it was seen. */
export function sceneReport({ steps, problem }: Scene): string[] {
  if (steps.length === 0) return problem === null ? [] : [`The scene ended before anything was seen: ${problem}`];
  const nodes = [...new Set(steps.map(({ node }) => node))];
  const rows = steps.map(({ node, event, outcome, seenIn, ms }, index) => {
    const isSame = (field: 'node' | 'event'): boolean => steps[index - 1]?.[field] === { node, event }[field];
    const isRepeated = isSame('node') && isSame('event');
    return [
      isSame('node') ? '' : node,
      isRepeated ? '' : event,
      outcome,
      seenIn,
      ms === null ? 'not seen' : String(ms),
    ];
  });
  const demoted = steps.find(({ status }) => status.includes('critical demoted'));
  return [
    `After the arrivals, on ${nodes.join(' and ')}, drained first; from the end of each event until it is seen:`,
    '',
    table([['', 'event', 'then', 'seen in', 'ms'], ...rows], 4),
    ...(demoted === undefined ? [] : ['', `${demoted.node} says while demoted: ${demoted.status}`]),
    ...(problem === null ? [] : ['', `The scene ended early: ${problem}`]),
  ];
}
