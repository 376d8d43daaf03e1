import { AGENT_STATUS, AGENT_VERSION, CONFIG_GENERATION, QOS_OVERRIDES, TIER_LOAD } from './keys.ts';

/** What the agent writes on its Node, and nobody else. */
export const AGENT_ANNOTATIONS = [AGENT_STATUS, CONFIG_GENERATION, TIER_LOAD, QOS_OVERRIDES, AGENT_VERSION] as const;

export type AgentAnnotation = (typeof AGENT_ANNOTATIONS)[number];

/** Their values on a Node; absent is undefined. */
export type AgentAnnotations = Readonly<Partial<Record<AgentAnnotation, string>>>;
