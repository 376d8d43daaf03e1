import type { FastifyInstance } from 'fastify';
import type { Extender } from '../../../extender/engine.ts';
import type { Webhook } from '../../../webhooks/engine.ts';
import type { Watched } from '../../kube/store.ts';
import { errorBody } from '../../model/errors.ts';
import { readPod } from '../../model/pod.ts';
import type { PodView } from '../../model/pod-view.ts';
import { asAdmitted } from './as-admitted.ts';

export interface ExplainDeps {
  readonly pods: Watched<PodView>;
  /** Null where the part is off. */
  readonly webhook: Webhook | null;
  readonly extender: Extender | null;
}

const OFF = (part: string): string => `${part} is off (${part === 'overcommit' ? 'webhook' : 'extender'}.enabled)`;

/** Why a pod was or was not scaled and where it was put, and what is known of a node: docs/reference/http.md. */
export function explainRoutes(app: FastifyInstance, { pods, webhook, extender }: ExplainDeps): void {
  app.get<{ Params: { namespace: string; name: string } }>('/explain/pods/:namespace/:name', (request, reply) => {
    const { namespace, name } = request.params;
    const view = pods.get(`${namespace}/${name}`);
    const overcommit = webhook?.explain(namespace, name) ?? null;
    if (view === undefined && overcommit === null) return reply.code(404).send(errorBody('TMP2010'));
    const placement = view === undefined ? null : (extender?.explainPlacement(view.uid) ?? null);
    return reply.send({
      pod: `${namespace}/${name}`,
      node: view?.nodeName ?? null,
      overcommit,
      placement,
      lines: [
        ...(webhook === null ? [OFF('overcommit')] : (overcommit?.lines ?? [])),
        ...(extender === null ? [OFF('placement')] : placementLines(view, placement)),
      ],
    });
  });

  app.get<{ Params: { name: string } }>('/explain/nodes/:name', (request, reply) => {
    const node = extender?.explainNode(request.params.name) ?? null;
    return node === null ? reply.code(404).send(errorBody('TMP2010')) : reply.send(node);
  });

  app.post('/explain/pod', (request, reply) => {
    const object = asAdmitted(request.body);
    const reading = readPod(object);
    const namespace = reading.ok ? (reading.pod.metadata.namespace ?? 'default') : 'default';
    const overcommit = webhook?.tryPod(object, namespace) ?? null;
    const placement = reading.ok ? (extender?.scoreAll(reading.pod) ?? null) : null;
    return reply.send({
      overcommit,
      placement,
      lines: [
        ...(webhook === null ? [OFF('overcommit')] : (overcommit?.lines ?? [])),
        ...(extender === null ? [OFF('placement')] : (placement?.lines ?? [])),
      ],
    });
  });
}

function placementLines(view: PodView | undefined, placement: { readonly lines: readonly string[] } | null) {
  if (placement !== null) return placement.lines;
  if (view?.nodeName) return [`on ${view.nodeName}; the scheduler has not asked here about this pod lately`];
  return ['not bound; the scheduler has not asked here about this pod lately'];
}
