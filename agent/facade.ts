import { TemperError } from '../src/model/errors.ts';
import type { AgentFacade } from './api/facade.ts';
import type { Loop } from './reconcile/loop.ts';
import type { OverridesKeeper } from './reconcile/overrides-keeper.ts';
import type { SafeModeSwitch } from './safemode/safe-mode.ts';
import type { Scheduler } from './scheduler/scheduler.ts';
import type { Known } from './views/known.ts';
import { explainNode, layeredConfig, nodeStatus, observation } from './views/node.ts';
import { explainPod, findPod } from './views/pods.ts';

export interface FacadeDeps {
  readonly known: () => Known;
  readonly overrides: OverridesKeeper;
  readonly scheduler: Scheduler;
  readonly safeMode: SafeModeSwitch;
  readonly loop: Loop;
  /** Whether the node is ours, and not another agent's. */
  readonly isOurs: () => boolean;
}

/** What HTTP and gRPC see of the agent. */
export function createFacade({ known, overrides, scheduler, safeMode, loop, isOurs }: FacadeDeps): AgentFacade {
  const mustBeOurs = (): void => {
    if (!isOurs()) throw new TemperError('TMP3209', 'this one waits to follow it');
  };
  return {
    status: () => nodeStatus(known()),
    layeredConfig: () => layeredConfig(known()),
    observe: () => observation(known()),
    explainPod: (pod) => explainPod(known(), pod),
    explainNode: () => explainNode(known()),
    async setQos(ref, tier) {
      mustBeOurs();
      const { uid, namespace, name } = findPod(known(), ref);
      const before = overrides.overrides.get(uid) ?? null;
      await overrides.set(uid, tier);
      return { uid, namespace, name, before, tier };
    },
    async clearQos(ref) {
      mustBeOurs();
      const { uid, namespace, name } = findPod(known(), ref);
      const before = overrides.overrides.get(uid) ?? null;
      await overrides.clear(uid);
      return { uid, namespace, name, before, tier: findPod(known(), ref).tier };
    },
    reload() {
      mustBeOurs();
      const { turn, generation } = known();
      if (turn?.decision.goal.want !== 'enforce') {
        throw new TemperError('TMP3208', turn?.decision.status.reason ?? 'the agent has just started');
      }
      const wasLatched = scheduler.state.phase === 'latched';
      scheduler.reload();
      loop.poke();
      return { wasLatched, generation };
    },
    setSafeMode(on) {
      const held = safeMode.safeMode.sources.includes('host-file');
      const answer = safeMode.set(on);
      if (answer.problem !== null) return Promise.reject(answer.problem);
      return Promise.resolve({ changed: held !== on, safeMode: answer.safeMode });
    },
  };
}
