// Written by agent/api/generate.ts from agent.proto.
// biome-ignore-all format: generated
// biome-ignore-all lint: generated
// biome-ignore-all assist: generated
// Original file: agent.proto

import type { QosChange as _temper_agent_v1_QosChange, QosChange__Output as _temper_agent_v1_QosChange__Output } from '../../../temper/agent/v1/QosChange.ts';

export interface SetQosResponse {
  'change'?: (_temper_agent_v1_QosChange | null);
}

export interface SetQosResponse__Output {
  'change': (_temper_agent_v1_QosChange__Output | null);
}
