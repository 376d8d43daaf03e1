import { z } from 'zod';
import { AGENT_ANNOTATIONS, type AgentAnnotations } from '../../src/model/agent-annotations.ts';
import { ENFORCE, QOS_OVERRIDES, SAFE_MODE_REQUESTED } from '../../src/model/keys.ts';
import { readRequest, type SafeModeRequest } from './request.ts';

/** What the agent keeps of its own Node. */
export interface NodeFacts {
  readonly name: string;
  /** Undefined where the API server did not say; another one under the same name is another Node. */
  readonly uid: string | undefined;
  readonly safeMode: SafeModeRequest;
  /** The label `temper.codes/enforce: disabled`. */
  readonly enforceDisabled: boolean;
  /** Text of the annotation, as it is on the Node. */
  readonly qosOverrides: string | undefined;
  /** The agent's own annotations as they are now, whoever wrote them. */
  readonly own: AgentAnnotations;
}

const map = z.record(z.string(), z.unknown()).nullish().catch(null);

/** Lenient on purpose: whatever else is wrong with the Node, its request for safe mode must be seen. */
const schema = z.object({
  metadata: z.object({
    name: z.string().min(1),
    uid: z.string().optional().catch(undefined),
    labels: map,
    annotations: map,
  }),
});

/** The projection of a Node, or of its PartialObjectMetadata; null where it is none. Never throws. */
export function readNodeFacts(object: unknown): NodeFacts | null {
  const result = schema.safeParse(object);
  if (!result.success) return null;
  const { name, uid, labels, annotations } = result.data.metadata;
  const annotation = (key: string): string | undefined => {
    const value = annotations?.[key];
    return typeof value === 'string' ? value : undefined;
  };
  const own = AGENT_ANNOTATIONS.flatMap((key) => {
    const value = annotation(key);
    return value === undefined ? [] : [[key, value] as const];
  });
  return {
    name,
    uid,
    safeMode: readRequest(annotation(SAFE_MODE_REQUESTED)),
    enforceDisabled: labels?.[ENFORCE] === 'disabled',
    qosOverrides: annotation(QOS_OVERRIDES),
    own: Object.fromEntries(own),
  };
}

/** What the agent keeps of the release Namespace. */
export interface NamespaceRequest {
  readonly name: string;
  readonly safeMode: SafeModeRequest;
}

export function readNamespaceRequest(object: unknown): NamespaceRequest | null {
  const result = schema.safeParse(object);
  if (!result.success) return null;
  const { name, annotations } = result.data.metadata;
  const value = annotations?.[SAFE_MODE_REQUESTED];
  return { name, safeMode: readRequest(typeof value === 'string' ? value : undefined) };
}
