import type { Clock } from '../../../src/model/clock.ts';
import { keyOf, type PodObject } from '../api/objects.ts';
import { createPoster, type PostResult } from '../http-post.ts';
import { type FilterReply, readFilterReply, readPriorities, UnusableReply } from './extender-replies.ts';

/** An extender of the scheduler's configuration. Always `nodeCacheCapable`: names go over the wire, no nodes. */
export interface ExtenderConfig {
  /** Prefix of the verbs, e.g. `https://127.0.0.1:8443/scheduler`. */
  readonly urlPrefix: string;
  /** @default not asked */
  readonly filterVerb?: string;
  /** @default not asked */
  readonly prioritizeVerb?: string;
  /** Its scores count this many times ten. @default 1 */
  readonly weight?: number;
  /** One time-out for every call. @default 5000 as in kube-scheduler */
  readonly httpTimeoutMs?: number;
  /** Whether filtering goes on without it when it fails. @default false */
  readonly ignorable?: boolean;
  /** PEM; needed for `https:`. */
  readonly ca?: string;
  /** The name in the certificate. @default the host of the URL */
  readonly serverName?: string;
}

/** One call of an extender and what became of it. */
export interface ExtenderCall {
  readonly extender: string;
  readonly verb: 'filter' | 'prioritize';
  /** `namespace/name` */
  readonly pod: string;
  /** How many nodes were asked about. */
  readonly nodes: number;
  /** From sending to the whole answer. */
  readonly ms: number;
  /** `unusable`: answered with what kube-scheduler cannot decode, or does not accept. */
  readonly outcome: 'ok' | 'timeout' | 'unreachable' | 'status' | 'unusable';
  readonly detail?: string;
}

export interface Extender {
  readonly url: string;
  readonly ignorable: boolean;
  readonly filters: boolean;
  readonly prioritizes: boolean;
  /** Rejects where the call fails or the answer is an error. */
  filter(pod: PodObject, nodes: readonly string[]): Promise<FilterReply>;
  /** What it adds to each node's score; empty where the call fails, which the scheduler bears in silence. */
  prioritize(pod: PodObject, nodes: readonly string[]): Promise<ReadonlyMap<string, number>>;
  close(): void;
}

/** An extender's score of 10 weighs as much as a plugin's of 100. */
const SCALE = 10;

export function createExtender(config: ExtenderConfig, clock: Clock, onCall: (call: ExtenderCall) => void): Extender {
  const { urlPrefix, weight = 1, httpTimeoutMs = 5_000, ignorable = false, ca, serverName } = config;
  const poster = createPoster({
    url: urlPrefix,
    ...(ca !== undefined && { ca }),
    ...(serverName !== undefined && { serverName }),
    headers: { 'user-agent': 'Go-http-client/1.1' },
    // The scheduling cycle is serial, so that one connection is all there ever is.
    maxSockets: 1,
    clock,
  });

  async function ask<T>(
    verb: ExtenderCall['verb'],
    pod: PodObject,
    nodes: readonly string[],
    read: (body: string) => T,
  ): Promise<T> {
    const path = (verb === 'filter' ? config.filterVerb : config.prioritizeVerb) ?? verb;
    const result = await poster.post(`/${path}`, extenderArgs(pod, nodes), httpTimeoutMs);
    const report = (outcome: ExtenderCall['outcome'], detail?: string): void => {
      const about = { extender: urlPrefix, verb, pod: keyOf(pod), nodes: nodes.length, ms: result.ms };
      onCall({ ...about, outcome, ...(detail !== undefined && { detail }) });
    };
    try {
      const value = read(bodyOf(result));
      report('ok');
      return value;
    } catch (error) {
      if (!(error instanceof UnusableReply)) throw error;
      report(error.outcome, error.message);
      throw error;
    }
  }

  return {
    url: urlPrefix,
    ignorable,
    filters: config.filterVerb !== undefined,
    prioritizes: config.prioritizeVerb !== undefined,
    filter: (pod, nodes) => ask('filter', pod, nodes, (body) => readFilterReply(body, new Set(nodes))),
    async prioritize(pod, nodes) {
      try {
        const scores = await ask('prioritize', pod, nodes, readPriorities);
        return new Map([...scores].map(([node, score]) => [node, score * weight * SCALE]));
      } catch (error) {
        if (error instanceof UnusableReply) return new Map();
        throw error;
      }
    },
    close: poster.close,
  };
}

/** The body as Go writes it: field names in Go's casing, `Nodes` null, and a pod that does not repeat its kind. */
function extenderArgs(pod: PodObject, nodes: readonly string[]): string {
  const { kind: _kind, apiVersion: _apiVersion, ...own } = pod;
  return JSON.stringify({ Pod: own, Nodes: null, NodeNames: nodes });
}

function bodyOf(result: PostResult): string {
  if (!result.ok) {
    throw new UnusableReply(result.detail, result.reason === 'too-large' ? 'unusable' : result.reason);
  }
  if (result.status !== 200) throw new UnusableReply(`HTTP ${result.status}`, 'status');
  return result.body;
}
