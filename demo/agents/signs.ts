import { AGENT_STATUS, TIER_LOAD } from '../../src/model/keys.ts';
import type { KubeApi } from '../../test/standin/api/api.ts';
import { NODES } from '../../test/standin/api/resources.ts';

/** What the agent of a node says of itself in the Node's annotations. */
export interface Signs {
  /** `WORD` or `WORD: reason`; empty before the first. */
  readonly status: string;
  readonly hasLoad: boolean;
}

export function signsOf(api: KubeApi, node: string): Signs {
  const { annotations = {} } = api.get(NODES, node).metadata;
  return { status: annotations[AGENT_STATUS] ?? '', hasLoad: annotations[TIER_LOAD] !== undefined };
}

/** Resolves at the write with which the Node's signs are as wanted; false where that is not within `ms`. */
export function untilSigns(api: KubeApi, node: string, holds: (signs: Signs) => boolean, ms: number): Promise<boolean> {
  if (holds(signsOf(api, node))) return Promise.resolve(true);
  return new Promise((resolve) => {
    const end = (found: boolean): void => {
      clearTimeout(timer);
      stop();
      resolve(found);
    };
    const stop = api.store.subscribe(({ resource, type, key }) => {
      if (resource === NODES.plural && key === node && type === 'MODIFIED' && holds(signsOf(api, node))) end(true);
    });
    const timer = setTimeout(end, ms, false);
  });
}

/** Resolves when nobody has written the Node for `ms`. */
export function untilQuiet({ store }: KubeApi, node: string, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const end = (): void => {
      stop();
      resolve();
    };
    let timer = setTimeout(end, ms);
    const stop = store.subscribe(({ resource, key }) => {
      if (resource !== NODES.plural || key !== node) return;
      clearTimeout(timer);
      timer = setTimeout(end, ms);
    });
  });
}
