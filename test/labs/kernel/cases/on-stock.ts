import type { Case } from '../runner/case.ts';

/** A case once more, with the binary that upstream publishes: temper works with it, with the limits that it has. */
export function onStock(one: Case): Case {
  return {
    ...one,
    name: `${one.name}-stock`,
    what: `with the stock binary: ${one.what}`,
    scheduler: 'stock',
  };
}
