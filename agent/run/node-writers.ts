import { createEventSink, type EventSink } from '../../src/kube/events.ts';
import { nodePath, patchAnnotations } from '../../src/kube/patch.ts';
import { createWriter } from '../../src/kube/write.ts';
import { eventObserver, publishObserver } from '../publish/observe.ts';
import type { Publisher } from '../publish/publish.ts';
import { createPublisher } from '../publish/publisher.ts';
import type { SafeModeSwitch } from '../safemode/safe-mode.ts';
import type { AgentDeps } from './agent.ts';

/** Field manager of what it writes, and controller of its Events. */
const FIELD_MANAGER = 'temper-agent';
const CONTROLLER = 'temper.codes/agent';

/** All that the agent writes to the API server: annotations of its Node, and Events on it. */
export function createNodeWriters(
  { config, transport, clock, random, metrics, logger, environment }: AgentDeps,
  safeMode: SafeModeSwitch,
): { readonly publisher: Publisher; readonly events: EventSink } {
  const name = config['node.name'];
  const writer = createWriter({ sender: transport, clock });
  const node = { path: nodePath(name), fieldManager: FIELD_MANAGER };
  const publisher = createPublisher({
    patch: (annotations) => patchAnnotations(writer, node, annotations),
    clock,
    random,
    observer: publishObserver(metrics, logger),
  });
  const events = createEventSink({
    writer,
    clock,
    random,
    subject: () => ({ apiVersion: 'v1', kind: 'Node', name, namespace: '', uid: safeMode.node?.uid }),
    reporter: { controller: CONTROLLER, instance: environment['HOSTNAME'] ?? name },
    onOutcome: eventObserver(metrics, logger),
  });
  return { publisher, events };
}
