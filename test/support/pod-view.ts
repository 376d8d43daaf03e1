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
    controllerKind: '',
    controllerUid: '',
    isStatic: false,
    tier: { tier: 'normal', reason: 'test' },
    originalMilli: 100,
    scaledMilli: 100,
    disbelieved: null,
    schedulerName: 'default-scheduler',
    nodeName: '',
    createdAt: 0,
    boundAt: 0,
    isGone: false,
    ...overrides,
  };
}
