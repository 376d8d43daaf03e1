// What the statistics socket of scx_layered 1.1.4 answers, told by the real one in the guest (cases/calibration.ts) and
// by the double here (behaviour.faults.ts). Where they differ, the double is mended.

export interface Line {
  readonly line: string;
  readonly errno: number;
  /** Text of an error. */
  readonly says?: RegExp;
}

const TOP = '{"req":"stats","args":{"target":"top"}}';
const EINVAL = 22;

/** Said in this order on one connection. */
export const TALK: readonly Line[] = [
  { line: TOP, errno: 0 },
  { line: TOP, errno: 0 },
  { line: '{"req":"stats"}', errno: 0 },
  { line: '{"req":"stats","args":{"target":"nobody"}}', errno: EINVAL, says: /unknown stat target/ },
  // The patched binary knows it.
  { line: '{"req":"ctl","args":{"op":"replace","members":"[]"}}', errno: EINVAL, says: /unknown command/ },
  { line: 'no JSON', errno: EINVAL, says: /line 1/ },
  { line: TOP, errno: 0 },
];

type Kind = 'whole' | 'number' | 'number or null' | 'wholes' | 'object';

/** What anybody reads of the statistics. */
const TOTAL: Readonly<Record<string, Kind>> = {
  at: 'number',
  busy: 'number',
  layers: 'object',
  excl_idle: 'number or null',
};
const LAYER: Readonly<Record<string, Kind>> = {
  index: 'whole',
  tasks: 'whole',
  util: 'number',
  cpus: 'wholes',
  cur_nr_cpus: 'whole',
};

/** What is wrong with the answers, each with its line. @param layers names in the order of the config */
export function wrongInTalk(answers: readonly string[], layers: readonly string[]): string[] {
  return TALK.flatMap(({ line, errno, says }, at) => {
    const { errno: got, args } = JSON.parse(answers[at] ?? '{}');
    const wrong = got !== errno ? [`errno ${got}`] : errno === 0 ? wrongInReply(args.resp, layers) : [];
    const told = says === undefined || says.test(args.resp) ? [] : [`it says ${args.resp}`];
    return [...wrong, ...told].map((text) => `${at}. ${line}: ${text}`);
  });
}

interface Reply {
  readonly [field: string]: unknown;
  readonly layers: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

function wrongInReply(resp: Reply, layers: readonly string[]): string[] {
  const { layers: found } = resp;
  const names = layers.filter((name, index) => found[name]?.['index'] !== index);
  const extra = Object.keys(found).filter((name) => !layers.includes(name));
  // Also in the first answer of a connection, of which other numbers mean nothing: they cover no time.
  const hasTasks = Object.values(found).some(({ tasks }) => Number(tasks) > 0);
  return [
    ...wrongFields('', resp, TOTAL),
    ...(hasTasks ? [] : ['no layer has a task']),
    ...[...names, ...extra].map((name) => `layer ${name} is not at its place`),
    ...Object.entries(found).flatMap(([name, layer]) => wrongFields(`${name}.`, layer, LAYER)),
  ];
}

function wrongFields(of: string, object: Readonly<Record<string, unknown>>, kinds: typeof LAYER): string[] {
  return Object.entries(kinds)
    .filter(([field, kind]) => !isOf(kind, object[field]))
    .map(([field, kind]) => `${of}${field} is ${JSON.stringify(object[field])}, no ${kind}`);
}

function isOf(kind: Kind, value: unknown): boolean {
  if (kind === 'wholes') return Array.isArray(value) && value.every(Number.isInteger);
  if (kind === 'object') return typeof value === 'object' && value !== null;
  if (kind === 'whole') return Number.isInteger(value);
  return typeof value === 'number' || (kind === 'number or null' && value === null);
}
