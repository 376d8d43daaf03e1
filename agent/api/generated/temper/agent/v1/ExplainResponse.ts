// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { PodExplanation as _temper_agent_v1_PodExplanation, PodExplanation__Output as _temper_agent_v1_PodExplanation__Output } from '../../../temper/agent/v1/PodExplanation.ts';

export interface ExplainResponse {
  'node'?: (string);
  'pod'?: (_temper_agent_v1_PodExplanation | null);
  'lines'?: (string)[];
}

export interface ExplainResponse__Output {
  'node': (string);
  'pod': (_temper_agent_v1_PodExplanation__Output | null);
  'lines': (string)[];
}
