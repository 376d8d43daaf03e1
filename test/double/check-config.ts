/** What scx_layered 1.1.4 refuses, in its words as far as anybody judges by them (test/labs/kernel/calibration/ends.ts). */
export const MAX_LAYERS = 16;
const MAX_ORS = 32;
const MAX_ANDS = 26;
const MAX_PATH = 4096;
const MAX_COMM = 16;
const MATCHES = new Set(
  (
    'CgroupPrefix CgroupSuffix CgroupContains CgroupRegex CommPrefix PcommPrefix CommPrefixExclude PcommPrefixExclude NiceAbove ' +
    'NiceBelow NiceEquals UIDEquals GIDEquals PIDEquals PPIDEquals TGIDEquals NSPIDEquals NSEquals CmdJoin IsGroupLeader ' +
    'IsKthread UsedGpuTid UsedGpuPid AvgRuntime HintEquals SystemCpuUtilBelow DsqInsertBelow NumaNode'
  ).split(' '),
);
const KINDS = ['Confined', 'Grouped', 'Open'];

export type Match = Readonly<Record<string, unknown>>;

export interface LayerSpec {
  readonly name: string;
  readonly matches: readonly (readonly Match[])[];
  readonly kind: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** It ends in exit code 1, or for some configs in a panic. */
export class Refusal extends Error {
  readonly code: 1 | 101;

  constructor(message: string, code: 1 | 101 = 1) {
    super(message);
    this.code = code;
  }
}

/**
 * Reads a config as the real one does: unknown fields are ignored, unknown kinds and matches are errors.
 *
 * @throws Refusal
 */
export function checkConfig(text: string): LayerSpec[] {
  const specs = parse(text);
  if (specs.length === 0) throw new Refusal('No layer spec');
  if (specs.length > MAX_LAYERS) throw new Refusal('Too many layer specs');
  for (const [index, spec] of specs.entries()) checkSpec(spec, index === specs.length - 1);
  return specs;
}

function parse(text: string): LayerSpec[] {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Refusal('layer config is no JSON at line 1');
  }
  if (!Array.isArray(value)) throw new Refusal('invalid type: the layer config is no list');
  return value.map((spec) => {
    for (const field of ['name', 'matches', 'kind']) {
      if (spec?.[field] === undefined) throw new Refusal(`missing field ${field} of a layer spec`);
    }
    return spec as LayerSpec;
  });
}

/** @throws Refusal */
export function checkSpec(spec: LayerSpec, isLast: boolean): void {
  if (Buffer.byteLength(spec.name) >= 128)
    throw new Refusal(`range end index ${Buffer.byteLength(spec.name) + 1} out of range`, 101);
  checkMatches(spec, isLast);
  const [kind, ...others] = Object.keys(spec.kind);
  if (kind === undefined || others.length > 0 || !KINDS.includes(kind))
    throw new Refusal(`unknown variant ${kind} of a kind`);
  const fields = spec.kind[kind] ?? {};
  if (kind !== 'Open') checkUtil(spec.name, fields['util_range']);
  const cpus = fields['cpus_range'] as [number, number] | null | undefined;
  if (cpus != null && (cpus[0] > cpus[1] || (kind === 'Confined' && cpus[1] < 1))) {
    throw new Refusal(`Spec ${spec.name} has invalid cpus_range ${cpus}`);
  }
}

function checkMatches({ name, matches }: LayerSpec, isLast: boolean): void {
  if (isLast && (matches.length !== 1 || matches[0]?.length !== 0))
    throw new Refusal(`Terminal spec ${name} must have an empty match`);
  if (!isLast && matches.length === 0) throw new Refusal(`Non-terminal spec ${name} has NULL matches`);
  if (matches.length > MAX_ORS) throw new Refusal(`Spec ${name} has too many (${matches.length}) OR match blocks`);
  for (const block of matches) {
    if (block.length > MAX_ANDS) throw new Refusal(`spec ${name}: ${block.length} ANDs in a block`);
    for (const match of block) checkMatch(name, match);
  }
}

function checkMatch(name: string, match: Match): void {
  const [kind, ...others] = Object.keys(match);
  if (kind === undefined || others.length > 0 || !MATCHES.has(kind))
    throw new Refusal(`unknown variant ${kind} of a match`);
  const value = match[kind];
  if (typeof value !== 'string') {
    if (/^(Cgroup|P?comm)/i.test(kind)) throw new Refusal('invalid type: expected a string at line 1');
    return;
  }
  const limit = kind.startsWith('Cgroup') ? MAX_PATH : MAX_COMM;
  const length = Buffer.byteLength(value);
  if (length === limit || (length > limit && kind.endsWith('Exclude')))
    throw new Refusal(`range end index ${length + 1} out of range`, 101);
  if (length > limit) throw new Refusal(`spec ${name}: ${kind} is too long`);
}

function checkUtil(name: string, range: unknown): void {
  if (!Array.isArray(range)) throw new Refusal(`spec ${name}: missing field util_range`);
  const [low, high] = range as [number, number];
  if (low < 0 || low >= high) throw new Refusal(`Spec ${name} has invalid util_range ${range}`);
}
