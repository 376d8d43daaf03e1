import type { PodView } from '../src/model/pod-view.ts';
import { formatMilli } from '../src/model/quantity.ts';
import type { Decision } from './decide.ts';
import type { LoggedDecision } from './decision-log.ts';
import { reasonText } from './reasons.ts';
import type { ScaledContainer } from './scale.ts';

/** Why a pod was or was not scaled. */
export interface Explanation {
  /** `logged`: decided here. `spec`: told from the pod alone, as another replica or an earlier start decided. `trial`: decided now, for a posted pod. */
  readonly source: 'logged' | 'spec' | 'trial';
  readonly outcome: string;
  readonly reason: string;
  readonly tier: string | null;
  readonly factor: number | null;
  readonly containers: ReadonlyArray<{ readonly name: string; readonly original: string; readonly request: string }>;
  /** The same for people. */
  readonly lines: readonly string[];
}

export function explainDecision(
  source: 'logged' | 'trial',
  decision: Pick<Decision, 'outcome' | 'reason' | 'tier' | 'factor' | 'containers'> | LoggedDecision,
): Explanation {
  const { outcome, reason, tier, factor, containers } = decision;
  const lines = [`${outcome}: ${reasonText(reason)}`];
  if (tier !== undefined) lines.push(`tier ${tier.tier}: ${tier.reason}`);
  if (factor !== undefined) lines.push(`factor ${factor}`);
  lines.push(...containers.map(containerLine));
  return {
    source,
    outcome,
    reason: reason.id,
    tier: tier?.tier ?? null,
    factor: factor ?? null,
    containers: containers.map(({ name, original, scaledMilli }) => ({
      name,
      original,
      request: formatMilli(scaledMilli),
    })),
    lines,
  };
}

function containerLine({ name, original, scaledMilli, originalMilli, bound }: ScaledContainer): string {
  if (scaledMilli >= originalMilli) return `container ${name}: stays at ${original}`;
  const by = bound === null ? '' : `, kept up by the ${bound === 'floor' ? 'floor' : 'LimitRange'}`;
  return `container ${name}: ${original} -> ${formatMilli(scaledMilli)}${by}`;
}

/** What can be told of a pod that was not decided here. */
export function explainView(pod: PodView): Explanation {
  const isScaled = pod.originalMilli > pod.requestMilli;
  const lines = [
    isScaled
      ? `scaled: the pod asked for ${pod.originalMilli}m and asks for ${pod.requestMilli}m now`
      : `not scaled: the pod asks for ${pod.requestMilli}m`,
    'decided by another replica or before this one started; post the pod to /explain/pod for what would be decided now',
    `tier ${pod.tier}: ${pod.tierReason}`,
  ];
  if (pod.disbelieved !== null) lines.push(`its record of original requests does not count: ${pod.disbelieved}`);
  return {
    source: 'spec',
    outcome: isScaled ? 'patched' : 'unchanged',
    reason: isScaled ? 'scaled' : 'unknown',
    tier: pod.tier,
    factor: null,
    containers: [],
    lines,
  };
}
