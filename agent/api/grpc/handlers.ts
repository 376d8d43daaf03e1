import { status } from '@grpc/grpc-js';
import { TemperError } from '../../../src/model/errors.ts';
import type { AgentFacade } from '../facade.ts';
import type { AgentHandlers } from '../generated/temper/agent/v1/Agent.ts';
import { readClearQos, readExplain, readSetQos, readSetSafeMode } from '../requests.ts';
import { bounded, type CallDeps } from './calls.ts';
import { configMessage, explanationMessage, qosMessage, safeModeMessage, statusMessage } from './messages.ts';
import { failureOf } from './status.ts';

/** The methods of `temper.agent.v1.Agent` on a facade. */
export function agentHandlers(facade: AgentFacade, deps: CallDeps): AgentHandlers {
  return {
    GetStatus: bounded('GetStatus', deps, ({ withPods }) =>
      statusMessage(facade.status(), withPods ? facade.observe().pods : null),
    ),
    GetLayeredConfig: bounded('GetLayeredConfig', deps, () => configMessage(facade.layeredConfig())),
    SetQos: bounded('SetQos', deps, async (request, signal) => {
      const { pod, tier } = readSetQos(request);
      return { change: qosMessage(await facade.setQos(pod, tier, signal)) };
    }),
    ClearQos: bounded('ClearQos', deps, async (request, signal) => {
      return { change: qosMessage(await facade.clearQos(readClearQos(request).pod, signal)) };
    }),
    ReloadScheduler: bounded('ReloadScheduler', deps, () => facade.reload()),
    SetSafeMode: bounded('SetSafeMode', deps, async (request, signal) => {
      const { changed, safeMode } = await facade.setSafeMode(readSetSafeMode(request).on, signal);
      return { changed, safeMode: safeModeMessage(safeMode) };
    }),
    Explain: bounded('Explain', deps, (request) => {
      const ref = readExplain(request);
      const { node, lines } = facade.explainNode();
      if (ref === null) return { node, lines: [...lines] };
      const pod = facade.explainPod(ref);
      return { node, pod: explanationMessage(pod), lines: [...pod.lines] };
    }),
    CaptureTrace: (call) => {
      const { details } = failureOf(new TemperError('TMP3210', 'traces are captured by a later version'));
      deps.observer.called('CaptureTrace', 'TMP3210');
      call.emit('error', { code: status.UNIMPLEMENTED, details });
    },
  };
}
