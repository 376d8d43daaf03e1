import { isRecord } from '../api/objects.ts';
import type { ExtenderCall } from './extender.ts';

/** How kube-scheduler reads an extender's answers: Go's JSON decoder, which knows no case in field names. */

/** A call that failed, or an answer that the scheduler does not accept. */
export class UnusableReply extends Error {
  readonly outcome: Exclude<ExtenderCall['outcome'], 'ok'>;

  constructor(message: string, outcome: Exclude<ExtenderCall['outcome'], 'ok'> = 'unusable') {
    super(message);
    this.outcome = outcome;
  }
}

export interface FilterReply {
  readonly nodes: readonly string[];
  /** Why each other node was taken out, as far as the extender says. */
  readonly failed: ReadonlyMap<string, string>;
}

/** @param asked the nodes of the request: another one in the answer makes it unusable. */
export function readFilterReply(body: string, asked: ReadonlySet<string>): FilterReply {
  const reply = fieldsOf(parse(body), 'the answer');
  const error = reply.get('error');
  if (typeof error === 'string' && error !== '') throw new UnusableReply(error);
  // Neither form of the list: no node is left, as in kube-scheduler.
  const nodes = namesOf(reply.get('nodenames') ?? null) ?? namesOfNodes(reply.get('nodes') ?? null) ?? [];
  const stranger = nodes.find((name) => !asked.has(name));
  if (stranger !== undefined) throw new UnusableReply(`node ${JSON.stringify(stranger)} was not asked about`);
  const failed = new Map([
    ...reasonsOf(reply.get('failednodes')),
    ...reasonsOf(reply.get('failedandunresolvablenodes')),
  ]);
  return { nodes, failed };
}

/** The score of each node that is named; a node named twice gets the sum. Throws for any score that is no int64. */
export function readPriorities(body: string): ReadonlyMap<string, number> {
  const list = parse(body);
  if (list === null) return new Map();
  if (!Array.isArray(list)) throw new UnusableReply('the answer is no list of priorities');
  const scores = new Map<string, number>();
  for (const entry of list) {
    const fields = entry === null ? new Map<string, unknown>() : fieldsOf(entry, 'a priority');
    const [host, score] = [fields.get('host') ?? '', fields.get('score') ?? 0n];
    if (typeof host !== 'string') throw new UnusableReply('a host is no string');
    if (typeof score !== 'bigint') throw new UnusableReply(`the score of ${JSON.stringify(host)} is no integer`);
    if (BigInt.asIntN(64, score) !== score) throw new UnusableReply(`the score of ${JSON.stringify(host)} is no int64`);
    scores.set(host, (scores.get(host) ?? 0) + Number(score));
  }
  return scores;
}

/** Go keeps `7` and `7.0` apart, which JavaScript's numbers do not: scores are read from their source text. */
function parse(body: string): unknown {
  const revive = (key: string, value: unknown, context?: { readonly source?: string }): unknown => {
    if (typeof value !== 'number' || key.toLowerCase() !== 'score') return value;
    return /^-?\d+$/.test(context?.source ?? '') ? BigInt(context?.source ?? 0) : value;
  };
  try {
    return JSON.parse(body, revive);
  } catch {
    throw new UnusableReply('the answer is not JSON');
  }
}

function fieldsOf(value: unknown, what: string): Map<string, unknown> {
  if (!isRecord(value)) throw new UnusableReply(`${what} is no object`);
  return new Map(Object.entries(value).map(([key, part]) => [key.toLowerCase(), part]));
}

function namesOf(value: unknown): readonly string[] | undefined {
  if (value === null) return undefined;
  const isNames = Array.isArray(value) && value.every((name) => typeof name === 'string');
  if (!isNames) throw new UnusableReply('NodeNames is no list of names');
  return value;
}

function namesOfNodes(value: unknown): readonly string[] | undefined {
  if (value === null) return undefined;
  const items = fieldsOf(value, 'Nodes').get('items') ?? [];
  if (!Array.isArray(items)) throw new UnusableReply('Nodes has no list of items');
  return items.map((node) => {
    const name = isRecord(node) && isRecord(node['metadata']) ? node['metadata']['name'] : undefined;
    return typeof name === 'string' ? name : '';
  });
}

function reasonsOf(value: unknown): Array<[string, string]> {
  if (value === undefined || value === null) return [];
  if (!isRecord(value)) throw new UnusableReply('the failed nodes are no map');
  return Object.entries(value).map(([node, reason]) => [node, String(reason)]);
}
