import type { PodView } from '../../src/model/pod-view.ts';

let made = 0;

/** A running pod of the Normal tier on no node, with a uid and a name of its own. */
export function podViewOf(overrides: Partial<PodView> = {}): PodView {
  made += 1;
  return {
    uid: `uid-${made}`,
    namespace: 'shop',
    name: `pod-${made}`,
    generateName: '',
    workload: { kind: 'Pod', name: `pod-${made}` },
    controllerUid: '',
    spread: null,
    pinned: null,
    tier: 'normal',
    tierReason: 'test',
    originalMilli: 100,
    requestMilli: 100,
    disbelieved: null,
    schedulerName: 'default-scheduler',
    nodeName: null,
    createdAt: 0,
    boundAt: null,
    alive: true,
    ...overrides,
  };
}
