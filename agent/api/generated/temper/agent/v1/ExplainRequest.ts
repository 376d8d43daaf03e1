// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { PodRef as _temper_agent_v1_PodRef, PodRef__Output as _temper_agent_v1_PodRef__Output } from '../../../temper/agent/v1/PodRef.ts';

export interface ExplainRequest {
  'pod'?: (_temper_agent_v1_PodRef | null);
}

export interface ExplainRequest__Output {
  'pod': (_temper_agent_v1_PodRef__Output | null);
}
