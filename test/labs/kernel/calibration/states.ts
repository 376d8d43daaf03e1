// In which order the kernel's files tell of an attach and its end: told by the real kernel in the guest
// (cases/calibration.ts) and by the double's here (behaviour.faults.ts).

export interface Look {
  readonly state: string;
  /** Empty where there is none. */
  readonly ops: string;
  readonly enableSeq: number;
}

const EXPECTED = {
  state: /^disabled enabling enabled disabling disabled$/,
  ops: /^- layered_1\.1\.4_\w+ -$/,
  attaches: /^0 1$/,
  /** State at the first look that has the attach counted: never before it says so itself. */
  'state when it is counted': /^enabled$/,
  /** And at the last one that has its name. */
  'state when it is named last': /^(enabled|disabling)$/,
} satisfies Record<string, RegExp>;

/** Of one that ends as soon as it is attached: it may be enabled for less than there is between two looks. */
export const BRIEF: typeof EXPECTED = {
  ...EXPECTED,
  state: /^disabled enabling (enabled )?disabling disabled$/,
  'state when it is counted': /^(enabled|disabling)$/,
};

const POLL_MS = 5;

/** Looks until it is told to stop. It keeps no process. */
export function watch(look: () => Look): () => Look[] {
  const looks = [look()];
  const timer = setInterval(() => looks.push(look()), POLL_MS).unref();
  return () => {
    clearInterval(timer);
    return [...looks, look()];
  };
}

export function wrongOrder(looks: readonly Look[], expectations = EXPECTED): string[] {
  const order = orderOf(looks);
  return Object.entries(expectations)
    .filter(([what, expected]) => !expected.test(order[what as keyof typeof order]))
    .map(([what, expected]) => `${what}: ${order[what as keyof typeof order]}, not ${expected}`);
}

export function orderOf(looks: readonly Look[]): Record<keyof typeof EXPECTED, string> {
  const before = looks[0]?.enableSeq ?? 0;
  return {
    state: changes(looks.map(({ state }) => state)),
    ops: changes(looks.map(({ ops }) => ops || '-')),
    attaches: changes(looks.map(({ enableSeq }) => `${enableSeq - before}`)),
    'state when it is counted': looks.find(({ enableSeq }) => enableSeq > before)?.state ?? '',
    'state when it is named last': looks.findLast(({ ops }) => ops !== '')?.state ?? '',
  };
}

function changes(values: readonly string[]): string {
  return values.filter((value, at) => value !== values[at - 1]).join(' ');
}
