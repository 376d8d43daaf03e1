/**
 * The body that kube-scheduler sends: ExtenderArgs. Go writes its keys in PascalCase, and its own
 * decoder takes any case, so we do too.
 */

/** As many nodes as the largest clusters have; a longer list is an attack or a mistake. */
export const MAX_NAMES = 100_000;

export interface ExtenderArgs {
  /** Not read yet: a pod that is not understood is still answered. */
  readonly pod: unknown;
  /** Each requested node once, in the order of the request. */
  readonly names: readonly string[];
  /** The node objects by name where the scheduler sent those in place of names; null otherwise. */
  readonly nodes: NodeObjects | null;
}

export interface NodeObjects {
  /** The NodeList without its items. */
  readonly list: Readonly<Record<string, unknown>>;
  readonly byName: ReadonlyMap<string, unknown>;
}

export type ArgsReading =
  | { readonly ok: true; readonly args: ExtenderArgs }
  | { readonly ok: false; readonly problem: string };

/** Reads a parsed body. Never throws; a problem names no value of the body. */
export function readArgs(body: unknown): ArgsReading {
  if (!isObject(body)) return refuse('the body is not an object');
  const fields = fieldsOf(body);
  const pod = fields.get('pod');
  if (!isObject(pod)) return refuse('Pod is missing or not an object');
  const names = fields.get('nodenames');
  if (names !== undefined) return readNames(pod, names);
  const nodes = fields.get('nodes');
  if (nodes !== undefined) return readNodes(pod, nodes);
  return refuse('NodeNames and Nodes are both missing');
}

const FIELDS = ['Pod', 'Nodes', 'NodeNames'] as const;

/** The values under the three keys in any case, by lower case; Go's own spelling wins, and null is absent as it is to Go. */
function fieldsOf(body: Record<string, unknown>): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  for (const field of FIELDS) {
    const lower = field.toLowerCase();
    const key = Object.hasOwn(body, field) ? field : Object.keys(body).find((other) => isField(other, lower));
    const value = key === undefined ? undefined : body[key];
    if (value !== undefined && value !== null) fields.set(lower, value);
  }
  return fields;
}

function isField(key: string, lower: string): boolean {
  return key.length === lower.length && key.toLowerCase() === lower;
}

function readNames(pod: unknown, names: unknown): ArgsReading {
  if (!Array.isArray(names)) return refuse('NodeNames is not a list');
  if (names.length > MAX_NAMES) return refuse(`NodeNames has more than ${MAX_NAMES} entries`);
  if (!names.every((name) => typeof name === 'string')) return refuse('NodeNames has an entry that is not a string');
  const unique = new Set<string>(names);
  return { ok: true, args: { pod, names: unique.size === names.length ? names : [...unique], nodes: null } };
}

function readNodes(pod: unknown, nodes: unknown): ArgsReading {
  if (!isObject(nodes)) return refuse('Nodes is not a list of nodes');
  const { items: given, ...list } = nodes;
  // Go writes an empty list as null.
  const items = given === null ? [] : given;
  if (!Array.isArray(items)) return refuse('Nodes is not a list of nodes');
  if (items.length > MAX_NAMES) return refuse(`Nodes has more than ${MAX_NAMES} items`);
  const byName = new Map<string, unknown>();
  for (const item of items) {
    const metadata = isObject(item) ? item['metadata'] : undefined;
    const name = isObject(metadata) ? metadata['name'] : undefined;
    if (typeof name !== 'string') return refuse('Nodes has an item without a name');
    if (!byName.has(name)) byName.set(name, item);
  }
  return { ok: true, args: { pod, names: [...byName.keys()], nodes: { list, byName } } };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refuse(problem: string): ArgsReading {
  return { ok: false, problem };
}
